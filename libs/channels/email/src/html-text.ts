import { Parser } from 'htmlparser2';

/** Elements whose content nobody reads. */
const UNREAD = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'object', 'svg', 'math']);
const BLOCKS = new Set(
  (
    'address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hr li main nav ol p pre section table tr ul'
  ).split(' '),
);
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'ul', 'ol', 'table']);

/**
 * Boxes in which mail programs put the original. Outlook renames classes and ids with `x_` when it quotes them.
 * Gmail, Proton, Yahoo, Thunderbird's attribution line, Zoho, Tuta.
 */
const QUOTE_CLASS =
  /(?:^|\s)(?:x_)*(?:gmail_quote|gmail_quote_container|protonmail_quote|yahoo_quoted|moz-cite-prefix|zmail_extra|tutanota_quote)(?=\s|$)/;
const QUOTE_ID = /^(?:x_)*(?:yahoo_quoted_?\w*|mail-editor-reference-message-container|isReplyContent)$/i;
/** Places after which there is only the original: Outlook on the web, and its desktop reply header's line. */
const ORIGINAL_BEGINS_ID = /^(?:x_)*(?:appendonsend|divRplyFwdMsg|stopSpelling)$/i;
const ORIGINAL_BEGINS_STYLE =
  /border:\s*none;\s*border-top:\s*solid\s+(?:#[0-9a-f]{3,6}|\w+)\s+1\.0pt;\s*padding:\s*3\.0pt\s+0(?:in|cm)/i;

/** Deeper quotes read like this one, so that nesting cannot make a text many times longer than its HTML. */
const DEEPEST_QUOTE = 8;

/**
 * The parser's work grows with the square of the depth: a megabyte of unclosed elements would hold up the process
 * for 20 seconds. No mail program nests like that; beyond this the rest is read without its markup.
 */
const DEEPEST_ELEMENT = 500;
const CHUNK = 8192;

interface Attributes {
  readonly [name: string]: string;
}

/**
 * The text a person reads in HTML: blocks on lines of their own, quotes behind `> `, links with their address.
 *
 * @param withoutOriginal leaves out what the markup itself says is the original of a reply.
 */
export function htmlToText(html: string, withoutOriginal = false): string {
  const writer = new TextWriter();
  const open: { readonly name: string; readonly unread: boolean; readonly href?: string }[] = [];
  let unread = 0;
  let ended = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (ended) return;
        if (withoutOriginal && beginsOriginal(attributes)) {
          ended = true;
          return;
        }
        const skipped = UNREAD.has(name) || (withoutOriginal && isQuoteBox(name, attributes));
        const href = name === 'a' ? webAddress(attributes['href']) : undefined;
        open.push({ name, unread: skipped, ...(href === undefined ? {} : { href }) });
        if (skipped) unread++;
        if (unread === 0) writer.open(name, attributes);
      },
      ontext(text) {
        if (!ended && unread === 0) writer.write(text);
      },
      onclosetag(name) {
        if (ended) return;
        const at = open.findLastIndex((element) => element.name === name);
        if (at < 0) return;
        for (const element of open.splice(at).toReversed()) {
          if (unread === 0) writer.close(element.name, element.href);
          if (element.unread) unread--;
        }
      },
    },
    { decodeEntities: true },
  );
  for (let at = 0; at < html.length && !ended; at += CHUNK) {
    if (open.length > DEEPEST_ELEMENT) {
      writer.write(html.slice(at).replace(/<[^<>]*>/g, ' '));
      break;
    }
    parser.write(html.slice(at, at + CHUNK));
  }
  parser.end();
  return writer.text();
}

function isQuoteBox(name: string, attributes: Attributes): boolean {
  return (
    QUOTE_CLASS.test(attributes['class'] ?? '') ||
    QUOTE_ID.test(attributes['id'] ?? '') ||
    attributes['name']?.toLowerCase() === 'quote' ||
    (name === 'blockquote' && attributes['type']?.toLowerCase() === 'cite')
  );
}

function beginsOriginal(attributes: Attributes): boolean {
  return (
    ORIGINAL_BEGINS_ID.test(attributes['id'] ?? '') || ORIGINAL_BEGINS_STYLE.test(attributes['style'] ?? '')
  );
}

function webAddress(href: string | undefined): string | undefined {
  const trimmed = href?.trim();
  return trimmed !== undefined && /^https?:\/\/\S+$/i.test(trimmed) ? trimmed : undefined;
}

/** Collects lines; spaces collapse as in a browser, except inside `pre`. */
class TextWriter {
  readonly #lines: string[] = [];
  /** Pieces of the present line: one string that grows would be copied for every piece. */
  #line: string[] = [];
  #last = '';
  #quotes = 0;
  #preformatted = 0;
  #linkText: string[] = [];

  open(name: string, attributes: Attributes): void {
    if (BLOCKS.has(name)) this.#endLine();
    if (PARAGRAPHS.has(name)) this.#blankLine();
    if (name === 'blockquote') this.#quotes++;
    else if (name === 'pre') this.#preformatted++;
    else if (name === 'br') this.#breakLine();
    else if (name === 'li') this.#append('- ');
    else if ((name === 'td' || name === 'th') && !this.#isAtStart()) this.#append(' ');
    else if (name === 'img' && attributes['alt']?.trim()) this.write(`[${attributes['alt'].trim()}]`);
    else if (name === 'a') this.#linkText.push('');
  }

  write(text: string): void {
    if (this.#linkText.length > 0) this.#linkText.push(`${this.#linkText.pop()}${text}`);
    if (this.#preformatted > 0) {
      const [first = '', ...rest] = text.split(/\r?\n/);
      this.#append(first);
      for (const line of rest) {
        this.#breakLine();
        this.#append(line);
      }
      return;
    }
    const collapsed = text.replace(/[ \t\r\n\f\u00a0]+/g, ' ');
    this.#append(this.#isAtStart() || this.#last === ' ' ? collapsed.trimStart() : collapsed);
  }

  close(name: string, href: string | undefined): void {
    if (name === 'a') this.#closeLink(href);
    if (BLOCKS.has(name)) this.#endLine();
    if (name === 'blockquote') this.#quotes--;
    else if (name === 'pre') this.#preformatted--;
    if (PARAGRAPHS.has(name)) this.#blankLine();
  }

  text(): string {
    this.#endLine();
    // Quotes that end the page leave empty quoted lines behind.
    while (/^[> ]*$/.test(this.#lines.at(-1) ?? 'x')) this.#lines.pop();
    return this.#lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  }

  #closeLink(href: string | undefined): void {
    const text = this.#linkText.pop()?.trim() ?? '';
    if (href !== undefined && text !== '' && !sameAddress(text, href)) this.#append(` (${href})`);
  }

  #append(piece: string): void {
    if (piece === '') return;
    this.#line.push(piece);
    this.#last = piece.at(-1) ?? '';
  }

  #isAtStart(): boolean {
    return this.#line.length === 0;
  }

  #endLine(): void {
    if (this.#line.some((piece) => piece.trim() !== '')) this.#breakLine();
    this.#line = [];
  }

  #breakLine(): void {
    this.#lines.push(`${this.#quoteMarks()}${this.#line.join('')}`.trimEnd());
    this.#line = [];
  }

  #blankLine(): void {
    const blank = this.#quoteMarks().trimEnd();
    if (this.#lines.length > 0 && this.#lines.at(-1) !== blank) this.#lines.push(blank);
  }

  #quoteMarks(): string {
    return '> '.repeat(Math.min(this.#quotes, DEEPEST_QUOTE));
  }
}

function sameAddress(text: string, href: string): boolean {
  const bare = (address: string) => address.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  return bare(text) === bare(href);
}
