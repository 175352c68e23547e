import { ChannelError, type OutboundDelivery, type Send, sendParts } from '@tributary/channel-sdk';
import { openGraph } from './graph.js';
import { list, object, text } from './json.js';
import { whatsappManifest } from './manifest.js';
import { writeOwnToken } from './own-token.js';
import { checkLimits, contentTypeOf } from './parts.js';
import { metaSettings } from './settings.js';
import { templateContent } from './templates.js';

type File = OutboundDelivery['files'][number];

/** What WhatsApp shows as such, by type and bytes (Cloud API, Media); all else is a document. */
const SHOWN: readonly { readonly kind: string; readonly types: RegExp; readonly bytes: number }[] = [
  { kind: 'image', types: /^image\/(?:jpeg|png)$/, bytes: 5_000_000 },
  { kind: 'video', types: /^video\/(?:mp4|3gpp)$/, bytes: 16_000_000 },
  { kind: 'audio', types: /^audio\/(?:aac|amr|mpeg|mp4|ogg)$/, bytes: 16_000_000 },
];

/** Sends by WhatsApp's Cloud API: the text, then each file, which is uploaded before anything leaves. */
export const sendWhatsapp: Send = async (delivery, inbox, ports, signal) => {
  checkLimits(delivery, whatsappManifest);
  const settings = metaSettings(inbox);
  const graph = openGraph(settings, ports, signal);
  const recipient = recipientOf(delivery.to);
  const parts: { readonly type: string; readonly content: Record<string, unknown> }[] = [];
  if (delivery.template !== undefined) {
    if (delivery.files.length > 0) throw new ChannelError('unsupported', 'A template goes without files.');
    parts.push({ type: 'template', content: templateContent(delivery.template) });
  } else if (delivery.text !== '')
    parts.push({ type: 'text', content: { body: delivery.text, preview_url: false } });
  for (const file of delivery.files) {
    const contentType = contentTypeOf(file);
    const answer = await graph.upload(
      `${settings.phoneNumberId}/media`,
      { messaging_product: 'whatsapp', type: contentType },
      { field: 'file', name: file.name, contentType, content: file.content },
    );
    const id = text(answer.id);
    if (id === undefined)
      throw new ChannelError('unavailable', 'WhatsApp took a file and gave no id for it.');
    const type = kindOf(file, contentType);
    parts.push({ type, content: type === 'document' ? { id, filename: file.name } : { id } });
  }
  const { messageId, attempt } = delivery;
  return sendParts(parts, async ({ type, content }, part) => {
    const answer = await graph.post(`${settings.phoneNumberId}/messages`, {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...recipient,
      type,
      [type]: content,
      biz_opaque_callback_data: writeOwnToken({ messageId, attempt, part }),
    });
    return text(object(list(answer.messages)[0]).id);
  });
};

function kindOf(file: File, contentType: string): string {
  const shown = SHOWN.find(({ types, bytes }) => types.test(contentType) && file.content.byteLength <= bytes);
  return shown?.kind ?? 'document';
}

/**
 * Numbers go into `to`, business-scoped ids into `recipient`: an id in `to` is taken for a number, accepted, and
 * never arrives.
 */
function recipientOf({ kind, value }: OutboundDelivery['to']): Record<string, string> {
  if (kind === 'phone') return { to: value.replace(/^\+/, '') };
  if (kind === 'bsuid') return { recipient: value };
  throw new ChannelError('rejected_permanently', 'The customer’s address is none of WhatsApp’s.');
}
