import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chromiumPath, corpus } from '@tributary/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { MAIL_DOCUMENT_POLICY, mailDocument, sanitizeMailHtml } from './mail-html.js';

/** What a mail might try; the corpus has more, where it is at hand. */
const OWN_PAYLOADS = [
  `<script>parent.ran = true</script>`,
  `<img src=x onerror="parent.ran = true">`,
  `<img src="https://track.example/open.gif">`,
  `<img data-remote-src="javascript:parent.ran=true" src="x">`,
  `<a href="javascript:parent.ran=true" id="first">click</a>`,
  `<a href="JaVaScRiPt&#58;parent.ran=true">click</a>`,
  `<a href=" &#14; javascript:parent.ran=true">click</a>`,
  `<a href="/settings/people">our own page</a><a href="//evil.example">theirs</a><a href="?x">here</a>`,
  `<a href="data:text/html,<script>parent.ran=true</script>">data</a>`,
  `<svg onload="parent.ran=true"><animate onbegin="parent.ran=true" attributeName=x dur=1s></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="parent.ran=true"></style></mglyph></table></mtext></math>`,
  `<iframe srcdoc="<script>parent.parent.ran=true</script>"></iframe>`,
  `<object data="data:text/html,x"></object><embed src="https://track.example/x.swf">`,
  `<form action="https://evil.example"><input name=password autofocus onfocus="parent.ran=true"></form>`,
  `<base href="https://evil.example/"><img src="a.png">`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
  `<link rel="stylesheet" href="https://track.example/a.css"><style>@import "https://track.example/b.css"</style>`,
  `<div style="background-image:url(https://track.example/c.png)">x</div>`,
  `<div style="background:url('//track.example/d.png')">x</div>`,
  `<div style="width:expression(parent.ran=true);position:fixed;top:0">x</div>`,
  `<video src="https://track.example/e.mp4" poster="https://track.example/f.png" autoplay></video>`,
  `<picture><source srcset="https://track.example/g.png"><img src="x" srcset="https://track.example/h.png"></picture>`,
  `<noscript><p title="</noscript><img src=x onerror=parent.ran=true>"></noscript>`,
  `<!--><img src=x onerror=parent.ran=true>-->`,
  `<![CDATA[><img src=x onerror=parent.ran=true>]]>`,
  `<textarea><img title="</textarea><img src=x onerror=parent.ran=true>"></textarea>`,
  `<xmp><p title="</xmp><img src=x onerror=parent.ran=true>"></xmp>`,
  `<template><script>parent.ran=true</script></template>`,
  `<details open ontoggle="parent.ran=true"><summary>x</summary></details>`,
  `<table background="https://track.example/i.png"><td background="https://track.example/j.png">x</td></table>`,
  `<body onload="parent.ran=true" background="https://track.example/k.png">x</body>`,
  `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='parent.ran=true'/>">`,
  `<img src="data:text/html;base64,PHNjcmlwdD5wYXJlbnQucmFuPXRydWU8L3NjcmlwdD4=">`,
  `<a ping="https://track.example/p" href="https://shop.example/">shop</a>`,
  `<p>${'<div>'.repeat(5000)}</p>`,
];

/** Tags that letters are made of, and the attributes that may carry an address. */
const HARMLESS_TAGS =
  /^(a|abbr|b|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul)$/;

function payloads(): readonly string[] {
  const file = corpus('xss.json');
  if (file === undefined) return OWN_PAYLOADS;
  const known = JSON.parse(readFileSync(file, 'utf8')) as { payload: string }[];
  return [...OWN_PAYLOADS, ...known.map(({ payload }) => payload)];
}

const sanitize = (html: string) =>
  sanitizeMailHtml(html, (id) => (id === 'logo' ? '/api/attachments/1' : undefined));

describe('a customer’s HTML in a real browser', () => {
  let browser: Browser;
  let page: Page;
  let pages: Server;
  let origin: string;
  let outside: Server;
  let left = 0;
  let asked: string[] = [];
  let mails: readonly string[] = [];

  beforeAll(async () => {
    // Every other host of the world: whatever is said there has left the house.
    outside = createServer();
    outside.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        left += 1;
        socket.destroy();
      });
    });
    // The frames as the console shows them, and the documents as the API sends them.
    pages = createServer((request, response) => {
      const [, which] = /^\/mail\/(\d+)$/.exec(request.url ?? '') ?? [];
      asked.push(request.url ?? '');
      const policy = which === undefined ? {} : { 'content-security-policy': MAIL_DOCUMENT_POLICY };
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...policy });
      response.end(which === undefined ? framesOf(mails.length) : mails[Number(which)]);
    });
    origin = `http://127.0.0.1:${await listen(pages)}`;
    // The browser's own errands lead nowhere.
    const errands = ['*.googleapis.com', '*.google.com', '*.gstatic.com'].map(
      (host) => `MAP ${host} ~NOTFOUND`,
    );
    const rules = [...errands, `MAP * 127.0.0.1:${await listen(outside)}`, 'EXCLUDE 127.0.0.1'].join(', ');
    browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ].concat(`--host-resolver-rules=${rules}`),
    });
  });
  afterAll(async () => {
    await browser.close();
    pages.close();
    outside.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    mails = [];
    left = 0;
  });

  it('holds nothing but what letters are made of, however it was written', async () => {
    await page.goto(`${origin}/empty`);
    const html = JSON.stringify(payloads().map(sanitize));
    const found = await page.evaluate<ParsedElement[]>(`(${PARSE})(${html})`);
    for (const { tag, space, attributes } of found) {
      expect(tag).toMatch(HARMLESS_TAGS);
      expect(space).toBe('http://www.w3.org/1999/xhtml');
      for (const [name, value] of attributes) {
        expect(name).not.toMatch(
          /^on|^(srcdoc|srcset|action|formaction|background|ping|id|class|xlink:href)$/,
        );
        if (name === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:|tel:)/i);
        if (name === 'src')
          expect(value).toMatch(/^(data:image\/(png|jpe?g|gif|webp);base64,|\/api\/attachments\/)/i);
        if (name === 'data-remote-src') expect(value).toMatch(/^https?:/i);
        if (name === 'style') expect(value).not.toMatch(/url|expression|position|@|\\/i);
      }
    }
  });

  it('runs no script and asks nobody for anything, sanitised', async () => {
    await show(payloads().map((payload) => mailDocument(sanitize(payload))));
    expect(await page.evaluate('window.ran')).toBe(false);
    expect(left).toBe(0);
    expect(asked.filter((url) => !url.startsWith('/mail/'))).toEqual(['/']);
  });

  it('runs no script and asks nobody else for anything, even if nothing were sanitised', async () => {
    await show(payloads().map(mailDocument));
    expect(await page.evaluate('window.ran')).toBe(false);
    expect(left).toBe(0);
  });

  it('would be caught if it did', async () => {
    await show(['<p>harmless</p>']);
    await page.setContent('<script>ran = true</script><img src="http://track.example/a.png">');
    expect(await page.evaluate('window.ran')).toBe(true);
    expect(left).toBeGreaterThan(0);
  });

  async function show(documents: readonly string[]): Promise<void> {
    mails = documents;
    await page.goto(`${origin}/empty`);
    asked = [];
    // Loaded are all frames, and whatever they asked for.
    await page.goto(origin, { waitUntil: 'networkidle' });
    expect(page.frames().length).toBeGreaterThan(documents.length);
  }
});

interface ParsedElement {
  readonly tag: string;
  readonly space: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** Runs in the browser, whose own parser is the one that counts. */
const PARSE = `(all) => all.flatMap((html) =>
  [...new DOMParser().parseFromString(html, 'text/html').body.querySelectorAll('*')].map((element) => ({
    tag: element.localName,
    space: element.namespaceURI,
    attributes: [...element.attributes].map(({ name, value }) => [name, value]),
  })))`;

function framesOf(count: number): string {
  const sandbox = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';
  const frames = Array.from(
    { length: count },
    (_, i) => `<iframe src="/mail/${i}" sandbox="${sandbox}"></iframe>`,
  );
  return `<!doctype html><link rel="icon" href="data:,"><script>ran = false</script>${frames.join('')}`;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
