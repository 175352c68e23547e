import { describe, expect, it } from '@jest/globals';
import { htmlToText } from './html-text.js';

describe('text of HTML', () => {
  it.each([
    ['blocks on lines of their own', '<div>a</div><div>b<br>c</div>', 'a\nb\nc'],
    ['paragraphs apart', '<p>a</p><p>b</p>', 'a\n\nb'],
    ['spaces as a browser shows them', ' a \n\t b<b> c</b> &nbsp; d', 'a b c d'],
    ['lists', '<ul><li>a<li>b</ul>', '- a\n- b'],
    ['rows of a table', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['lines as they stand in pre', '<pre>a\n  b</pre>', 'a\n  b'],
    ['quotes behind marks', 'a<blockquote>b<blockquote>c</blockquote></blockquote>', 'a\n\n> b\n>\n> > c'],
    ['links with their address', '<a href="https://x.example/a">here</a>', 'here (https://x.example/a)'],
    ['a link once when its text is the address', '<a href="https://x.example/">x.example</a>', 'x.example'],
    ['no address that is not of the web', '<a href="javascript:alert(1)">here</a>', 'here'],
    ['no script, style or comment', '<style>p{}</style><script>x</script><!-- c -->a', 'a'],
    ['entities', '&lt;b&gt; &amp; &eacute;', '<b> & é'],
    ['what stands before the page', 'new text<html><body>old</body></html>', 'new text\nold'],
  ])('has %s', (_case, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it.each([
    ['Gmail', '<div>new</div><div class="gmail_quote">old</div>'],
    ['Gmail, quoted by Outlook', '<div>new</div><div class="x_gmail_quote">old</div>'],
    ['Apple Mail', '<div>new</div><blockquote type="cite">old</blockquote>'],
    [
      'Outlook on the web',
      '<div>new</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">old</div>',
    ],
    [
      'Outlook',
      '<p>new</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">old</div>',
    ],
    ['Proton', 'new<div class="protonmail_quote">old</div>'],
    ['Yahoo', '<div>new</div><div id="yahoo_quoted_12" class="yahoo_quoted">old</div>'],
    [
      'Thunderbird',
      '<p>new</p><div class="moz-cite-prefix">wrote:</div><blockquote type="cite">old</blockquote>',
    ],
  ])('leaves out the original that %s marks', (_program, html) => {
    expect(htmlToText(html, true)).toBe('new');
  });

  it('keeps what stands below a quote box', () => {
    expect(htmlToText('<blockquote type="cite">old</blockquote><p>new</p>', true)).toBe('new');
  });

  it('is read to its end, however deep the page is', () => {
    expect(htmlToText(`${'<div><blockquote>'.repeat(60_000)}<b>deep</b>`)).toMatch(/deep$/);
    expect(htmlToText(`${'a<b>'.repeat(40_000)}end`)).toMatch(/end$/);
  });
});
