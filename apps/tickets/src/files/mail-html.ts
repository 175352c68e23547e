import sanitizeHtml from 'sanitize-html';

/** Tags and attributes that letters are made of; no script, no form, no frame, no object, no SVG. */
const TAGS = [
  ...['a', 'abbr', 'b', 'big', 'blockquote', 'br', 'caption', 'center', 'cite', 'code', 'col', 'colgroup'],
  ...['dd', 'del', 'div', 'dl', 'dt', 'em', 'font', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img'],
  ...['ins', 'kbd', 'li', 'ol', 'p', 'pre', 'q', 's', 'small', 'span', 'strike', 'strong', 'sub', 'sup'],
  ...['table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'tt', 'u', 'ul'],
];

/**
 * Letters nest a few dozen deep. The time that the parser takes grows with the square of the depth: a hundred thousand
 * elements in each other would keep the process from everything else for a minute.
 */
const DEEPEST = 1000;
/** Elements that hold nothing, and those that end where the next of their kind begins. */
const SELF_ENDING =
  /^(area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|tbody|td|tfoot|th|thead|tr|track|wbr)$/i;

const LAYOUT = ['align', 'valign', 'width', 'height', 'bgcolor', 'border', 'cellpadding', 'cellspacing'];
const PLAIN_VALUE = [/^[a-z0-9 #%.,'"()-]+$/i];

/**
 * A customer's HTML, made harmless for a sandboxed frame: no script runs, no request leaves before the agent agrees.
 * Inline images point at our own attachments; remote ones keep their address in `data-remote-src` only.
 *
 * @param attachmentUrl finds the URL of a Content-ID's attachment.
 * @returns the body's HTML.
 */
export function sanitizeMailHtml(
  html: string,
  attachmentUrl: (contentId: string) => string | undefined,
): string {
  return sanitizeHtml(shallow(html), {
    allowedTags: TAGS,
    allowedAttributes: {
      '*': ['style', 'dir', 'lang', 'title', ...LAYOUT],
      a: ['href', 'name', 'target', 'rel'],
      img: ['src', 'alt', 'data-remote-src'],
      font: ['color', 'face', 'size'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowedSchemesAppliedToAttributes: ['href', 'src'],
    allowProtocolRelative: false,
    allowedStyles: {
      '*': Object.fromEntries(
        [
          ...['color', 'background-color', 'font-size', 'font-family', 'font-weight', 'font-style'],
          ...['text-align', 'text-decoration', 'line-height', 'vertical-align', 'white-space'],
          ...['margin', 'margin-top', 'margin-bottom', 'margin-left', 'margin-right'],
          ...['padding', 'padding-top', 'padding-bottom', 'padding-left', 'padding-right'],
          ...['border', 'border-top', 'border-bottom', 'border-left', 'border-right', 'border-collapse'],
          ...['width', 'height', 'max-width', 'list-style-type'],
        ].map((property) => [property, PLAIN_VALUE]),
      ),
    },
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: linkAttributes(attribs),
      }),
      img: (tagName, attribs) => ({ tagName, attribs: imageAttributes(attribs, attachmentUrl) }),
    },
  });
}

/** The text up to where it is deeper than any letter. */
function shallow(html: string): string {
  let depth = 0;
  for (const tag of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (SELF_ENDING.test(tag[2]!)) continue;
    depth = tag[1] === '' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEEPEST) return html.slice(0, tag.index);
  }
  return html;
}

/** A link leads out of the house, or nowhere: relative to the frame it would lead into our own pages. */
function linkAttributes(attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { href, target: _target, rel: _rel, ...rest } = attribs;
  const leadsOut = href !== undefined && /^(https?:\/\/|mailto:|tel:)/i.test(href.trim());
  return {
    ...rest,
    ...(leadsOut ? { href: href.trim() } : {}),
    target: '_blank',
    rel: 'noopener noreferrer nofollow',
  };
}

function imageAttributes(
  attribs: sanitizeHtml.Attributes,
  attachmentUrl: (contentId: string) => string | undefined,
): sanitizeHtml.Attributes {
  const { src = '', 'data-remote-src': _forged, ...rest } = attribs;
  if (/^cid:/i.test(src)) {
    const url = attachmentUrl(decodeContentId(src.slice(4)));
    return url === undefined ? rest : { ...rest, src: url };
  }
  if (/^data:image\/(png|jpe?g|gif|webp);base64,/i.test(src)) return { ...rest, src };
  return /^https?:/i.test(src) ? { ...rest, 'data-remote-src': src } : rest;
}

function decodeContentId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A whole document for the frame: our own few rules, light and dark by the page that shows it. */
export function mailDocument(body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<style>html{color-scheme:light}body{margin:0;font:14px/1.5 system-ui,sans-serif;color:#1a1b1e;background:#fff;
overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}blockquote{margin:0 0 0 .75em;
padding-left:.75em;border-left:2px solid #ccc}pre{white-space:pre-wrap}</style></head><body>${body}</body></html>`;
}

/** No script, no network but our own attachments; the frame is sandboxed besides. */
export const MAIL_DOCUMENT_POLICY =
  "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";
