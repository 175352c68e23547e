import type { HostedInbox } from '@tributary/channel-host';

/** Our own script and style, our own endpoint, nothing else. */
export const FORM_PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
  "form-action 'self'";

/** The empty form; its texts and choices are drawn by the script from `data-settings`, in the reader's language. */
export function formPage(inbox: HostedInbox): string {
  return page(inbox, 'form');
}

/** The customer's page; the script reads the thread from the page's own address. */
export function progressPage(inbox: HostedInbox): string {
  return page(inbox, 'progress');
}

function page(inbox: HostedInbox, script: 'form' | 'progress'): string {
  const { title, introduction, types, regions } = inbox.settings;
  const settings = {
    id: inbox.id,
    title: title || undefined,
    introduction: introduction || undefined,
    types,
    regions,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(typeof title === 'string' && title ? title : inbox.name)}</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/f/assets/form.css">
</head>
<body data-settings="${escapeHtml(JSON.stringify(settings))}">
<main id="page"></main>
<script type="module" src="/f/assets/${script}.js"></script>
</body>
</html>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
