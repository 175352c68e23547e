import type { HostedInbox } from '@tributary/channel-host';
import { escapeHtml } from '../forms/form-page.js';

/** As strict as the strictest site: our own script and our own endpoint, no style of the page's. */
export const CHAT_PAGE_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'";

/**
 * The chat alone, open from the start.
 *
 * @param languages as the reader's browser prefers them (`Accept-Language`); the chat speaks the first that it knows.
 */
export function chatPage(inbox: HostedInbox, languages = ''): string {
  const known = languages.split(',').find((each) => /^\s*(?:en|zh)\b/i.test(each));
  const language = known?.trim().toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
  const { title } = inbox.settings;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(typeof title === 'string' && title ? title : inbox.name)}</title>
<link rel="icon" href="/favicon.svg">
</head>
<body>
<script src="/chat.js" data-inbox="${inbox.id}" data-open async></script>
</body>
</html>`;
}
