import type { MediaReference } from '@tributary/channel-sdk';
import { cut, type Json, list, object, text, textsOf } from './json.js';
import { placeLine } from './messaging-attachments.js';

/** What a message of WhatsApp says, whatever kind it is of. */
export interface Content {
  readonly text: string;
  readonly media: readonly MediaReference[];
  /** What the customer chose or came from, for rules and agents. */
  readonly fields: Readonly<Record<string, string>>;
}

const FILE_KINDS = ['image', 'audio', 'video', 'document', 'sticker'];

/**
 * Text, files and fields of a message. A kind that is not known here, or that WhatsApp itself does not pass on, is
 * named in the text: the agent sees that the customer said something, and the bytes are kept.
 */
export function readContent(message: Json): Content {
  const kind = text(message.type) ?? 'unknown';
  const body = object(message[kind]);
  if (FILE_KINDS.includes(kind)) return readFile(kind, body);
  switch (kind) {
    case 'text':
      return said(text(body.body) ?? '');
    case 'location':
      return said(placeLine(body.latitude, body.longitude, text(body.name), text(body.address)));
    case 'contacts':
      return said(list(message.contacts).map(contactLine).join('\n'));
    case 'button':
      return said(text(body.text) ?? '', { payload: body.payload });
    case 'interactive':
      return readInteractive(body);
    case 'order':
      return readOrder(body);
    default:
      return said(`(${unsupportedKind(kind, message)})`);
  }
}

function said(words: string, fields: Readonly<Record<string, unknown>> = {}): Content {
  return { text: words, media: [], fields: textsOf(fields) };
}

function readFile(kind: string, file: Json): Content {
  const id = text(file.id);
  const caption = text(file.caption) ?? '';
  if (id === undefined || id.length > 500) return said(caption || `(${kind} without a file)`);
  const contentType = text(file.mime_type)?.slice(0, 200) ?? 'application/octet-stream';
  const name = cut(text(file.filename) ?? (kind === 'audio' && file.voice === true ? 'voice' : kind), 200);
  return { text: caption, media: [{ id, name, contentType, disposition: 'attachment' }], fields: {} };
}

/** The answer to buttons, a list or a form that was sent. */
function readInteractive(body: Json): Content {
  const chosen = object(body.button_reply ?? body.list_reply);
  const title = text(chosen.title);
  if (title !== undefined) {
    const description = text(chosen.description);
    return said(description === undefined ? title : `${title}\n${description}`, { payload: chosen.id });
  }
  const form = object(body.nfm_reply);
  const answers = text(form.response_json);
  if (answers !== undefined)
    return said([text(form.body), answers].filter((part) => part !== undefined).join('\n'));
  return said(`(${(text(body.type) ?? 'interactive').replaceAll('_', ' ')})`);
}

function readOrder(body: Json): Content {
  const items = list(body.product_items).map((one) => {
    const { quantity, product_retailer_id, item_price, currency } = object(one);
    const price = [text(item_price), text(currency)].filter((part) => part !== undefined).join(' ');
    return `${text(quantity) ?? '1'} × ${text(product_retailer_id) ?? '?'}${price === '' ? '' : `, ${price}`}`;
  });
  const words = text(body.text);
  return said([...(words === undefined ? [] : [words]), ...items].join('\n'), { catalog: body.catalog_id });
}

function contactLine(one: unknown): string {
  const card = object(one);
  const name = text(object(card.name).formatted_name) ?? '(contact)';
  const phones = list(card.phones).flatMap(
    (phone) => text(object(phone).phone) ?? text(object(phone).wa_id) ?? [],
  );
  const mails = list(card.emails).flatMap((mail) => text(object(mail).email) ?? []);
  return [name, ...phones, ...mails].join(', ');
}

/** `unsupported` says what it would have been, or why it is not passed on. */
function unsupportedKind(kind: string, message: Json): string {
  if (kind !== 'unsupported' && kind !== 'unknown') return cut(kind, 100).replaceAll('_', ' ');
  const type = text(object(message.unsupported).type);
  const error = object(list(message.errors)[0]);
  const why = text(object(error.error_data).details) ?? text(error.title);
  const what =
    type === undefined ? 'a message of a kind that WhatsApp does not pass on' : `${type}, not passed on`;
  return why === undefined ? what : `${what}: ${cut(why, 300)}`;
}
