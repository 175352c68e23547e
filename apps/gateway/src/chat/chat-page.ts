import type { HostedInbox } from '@tributary/channel-host';
import { escapeHtml } from '../forms/form-page.js';

/** As strict as the strictest site: our own script and our own endpoint, no style of the page's. */
export const CHAT_PAGE_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The chat alone, open from the start. */
export function chatPage(inbox: HostedInbox): string {
  const { title } = inbox.settings;
  return `<!doctype html>
<html>
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
