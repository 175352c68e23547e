import {
  ChannelError,
  type ChannelManifest,
  type OutboundDelivery,
  type Send,
  sendParts,
} from '@tributary/channel-sdk';
import { type Graph, openGraph } from './graph.js';
import { text } from './json.js';
import { writeOwnToken } from './own-token.js';
import { checkLimits, contentTypeOf } from './parts.js';
import { metaSettings } from './settings.js';

type File = OutboundDelivery['files'][number];
type AttachmentKind = 'image' | 'audio' | 'video' | 'file';

/** Of one text, in UTF-8 (Instagram Messaging, Send messages). */
const INSTAGRAM_TEXT_BYTES = 1000;
/** Of one image, on both (Messenger: “up to 25 MB”, images 8 MB). */
const IMAGE_BYTES = 8_000_000;
const INSTAGRAM_TYPES: Readonly<Record<AttachmentKind, RegExp>> = {
  image: /^image\/(?:png|jpeg|gif)$/,
  audio: /^audio\/(?:aac|mp4|x-m4a|wav|x-wav)$/,
  video: /^video\/(?:mp4|ogg|x-msvideo|quicktime|webm)$/,
  file: /^application\/pdf$/,
};

/**
 * Sends by the Send API of Messenger or Instagram: the text, then each file, which is uploaded before anything leaves.
 * All parts carry our token, by which the echo is known.
 */
export function sendMessagingOf(manifest: ChannelManifest): Send {
  const isInstagram = manifest.channel === 'instagram';
  return async (delivery, inbox, ports, signal) => {
    checkLimits(delivery, manifest);
    const settings = metaSettings(inbox);
    const graph = openGraph(settings, ports, signal);
    const kinds = delivery.files.map((file) => (isInstagram ? instagramKind(file) : messengerKind(file)));
    const contents: Record<string, unknown>[] = textsFor(delivery.text, isInstagram).map((part) => ({
      text: part,
    }));
    for (const [index, file] of delivery.files.entries()) {
      const attachment = await uploadFile(graph, settings.pageId, file, kinds[index]!, isInstagram);
      contents.push({ attachment });
    }
    const { messageId, attempt, tag } = delivery;
    return sendParts(contents, async (content, part) => {
      const answer = await graph.post(`${settings.pageId}/messages`, {
        recipient: { id: delivery.to.value },
        ...(tag === undefined ? { messaging_type: 'RESPONSE' } : { messaging_type: 'MESSAGE_TAG', tag }),
        message: { ...content, metadata: writeOwnToken({ messageId, attempt, part }) },
      });
      return text(answer.message_id);
    });
  };
}

async function uploadFile(
  graph: Graph,
  pageId: string,
  file: File,
  kind: AttachmentKind,
  isInstagram: boolean,
): Promise<Record<string, unknown>> {
  const message = JSON.stringify({ attachment: { type: kind, payload: { is_reusable: false } } });
  const answer = await graph.upload(
    `${pageId}/message_attachments`,
    { ...(isInstagram ? { platform: 'instagram' } : {}), message },
    { field: 'filedata', name: file.name, contentType: contentTypeOf(file), content: file.content },
  );
  const id = text(answer.attachment_id);
  if (id === undefined) throw new ChannelError('unavailable', 'Meta took a file and gave no id for it.');
  return { type: kind, payload: { attachment_id: id } };
}

function messengerKind(file: File): AttachmentKind {
  const kind = kindOf(file);
  return kind === 'image' && file.content.byteLength > IMAGE_BYTES ? 'file' : kind;
}

function instagramKind(file: File): AttachmentKind {
  const kind = kindOf(file);
  if (!INSTAGRAM_TYPES[kind].test(contentTypeOf(file))) {
    throw new ChannelError(
      'unsupported',
      `Instagram takes no such file: ${file.name}. PDF, PNG, JPEG, GIF, MP4 work.`,
    );
  }
  if (kind === 'image' && file.content.byteLength > IMAGE_BYTES) {
    throw new ChannelError('unsupported', `Instagram takes images up to 8 MB: ${file.name}.`);
  }
  return kind;
}

function kindOf(file: File): AttachmentKind {
  const family = contentTypeOf(file).split('/')[0]!;
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

/** Instagram counts bytes: what is too long in Chinese or emoji leaves as several messages, cut between words. */
function textsFor(written: string, isInstagram: boolean): string[] {
  if (written === '') return [];
  if (!isInstagram) return [written];
  const texts: string[] = [];
  let rest = written;
  while (Buffer.byteLength(rest) > INSTAGRAM_TEXT_BYTES) {
    const head = headOf(rest, INSTAGRAM_TEXT_BYTES);
    texts.push(head.trimEnd() || head);
    rest = rest.slice(head.length).trimStart();
  }
  return rest === '' ? texts : [...texts, rest];
}

/** The longest beginning of at most so many bytes; it ends at a space where its last third has one. */
function headOf(words: string, bytes: number): string {
  let size = 0;
  let length = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(words)) {
    size += Buffer.byteLength(segment);
    if (size > bytes && length > 0) break;
    length += segment.length;
  }
  const head = words.slice(0, length);
  const space = head.search(/\s\S*$/);
  return space > (length * 2) / 3 ? head.slice(0, space + 1) : head;
}
