import {
  asPayload,
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  integerAt,
  objectAt,
  type OutboundDelivery,
  type Send,
  type SendReceipt,
} from '@tributary/channel-sdk';
import { type BotApiCall, callBotApi, RefusedCallError } from './bot-api.js';
import { externalId, messageIn } from './chat.js';
import { manifest } from './manifest.js';
import { multipartForm } from './multipart.js';

const LONGEST_CAPTION = 1024;
const MOST_FILES = 10;
const LARGEST_PHOTO = 10_000_000;
type Files = OutboundDelivery['files'];

/**
 * One call a message, whatever is in it: the Bot API knows no key that would make a repeated call harmless, and of
 * two calls the second may fail when the first has been read.
 */
export const sendToChat: Send = async (delivery, inbox, ports, signal) => {
  checkLimits(delivery);
  const chat = delivery.to.value;
  if (!/^-?\d{1,15}$/.test(chat)) {
    throw new ChannelError('rejected_permanently', 'The customer’s address is no Telegram chat.');
  }
  const asPhotos = delivery.files.length > 0 && delivery.files.every(isPhoto);
  try {
    return await deliver(callFor(delivery, chat, asPhotos), chat, inbox, ports, signal);
  } catch (error) {
    const again =
      error instanceof RefusedCallError ? refusedDifferently(error, delivery, chat, asPhotos) : null;
    if (again === null) throw error;
    return deliver(again.call, again.chat, inbox, ports, signal);
  }
};

/** What was refused for its form or its address is sent in another at once: nobody has seen the first. */
function refusedDifferently(
  { description, migratedTo }: RefusedCallError,
  delivery: OutboundDelivery,
  chat: string,
  asPhotos: boolean,
): { readonly call: BotApiCall; readonly chat: string } | null {
  if (migratedTo !== undefined) {
    return { call: callFor(delivery, String(migratedTo), asPhotos), chat: String(migratedTo) };
  }
  // Too long on one side, or of a kind that Telegram cannot draw: as a document it goes as it is.
  if (asPhotos && /photo|image/i.test(description)) return { call: callFor(delivery, chat, false), chat };
  return null;
}

async function deliver(
  call: BotApiCall,
  chat: string,
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<SendReceipt> {
  const result = await callBotApi(call, inbox, ports, signal).catch((error: unknown) => {
    if (!(error instanceof ChannelError) || error.code !== 'unknown_outcome') throw error;
    const message = 'Telegram did not answer: the customer may have it. Ask or look before sending it again.';
    throw new ChannelError('rejected_permanently', message, undefined, { cause: error });
  });
  const ids = [result].flat().flatMap((each) => {
    const message = asPayload(each);
    const number = integerAt(message, 'message_id');
    return number === undefined
      ? []
      : [externalId(integerAt(objectAt(message, 'chat'), 'id') ?? chat, number)];
  });
  const [first, ...further] = ids;
  return {
    state: 'sent',
    ...(first === undefined ? {} : { externalId: first }),
    ...(further.length === 0 ? {} : { furtherIds: further }),
  };
}

function checkLimits({ text, files }: OutboundDelivery): void {
  const { maxTextLength, maxAttachmentBytes } = manifest.capabilities;
  const bytes = files.reduce((sum, file) => sum + file.content.byteLength, 0);
  const fault =
    text.trim() === '' && files.length === 0
      ? 'There is neither text nor a file.'
      : text.length > maxTextLength!
        ? `Telegram takes texts of up to ${maxTextLength} characters.`
        : files.length > 0 && text.length > LONGEST_CAPTION
          ? `Telegram takes files with a text of up to ${LONGEST_CAPTION} characters: send the text by itself.`
          : files.length > MOST_FILES
            ? `Telegram takes up to ${MOST_FILES} files at once.`
            : bytes > maxAttachmentBytes
              ? `Telegram takes files of up to ${maxAttachmentBytes / 1_000_000} MB together.`
              : undefined;
  if (fault !== undefined) throw new ChannelError('unsupported', fault);
}

function callFor(delivery: OutboundDelivery, chat: string, asPhotos: boolean): BotApiCall {
  const { text, files, references, messageId } = delivery;
  const answered = messageIn(chat, references.at(-1));
  const parameters: Record<string, unknown> = {
    chat_id: chat,
    ...(answered === undefined
      ? {}
      : // The customer may have deleted it meanwhile.
        { reply_parameters: { message_id: answered, allow_sending_without_reply: true } }),
  };
  if (files.length === 0) {
    const body = JSON.stringify({ ...parameters, text });
    return { method: 'sendMessage', contentType: 'application/json', body };
  }
  const kind = asPhotos ? 'photo' : 'document';
  const caption = text.trim() === '' ? {} : { caption: text };
  const alone = files.length === 1;
  const fields = alone
    ? { ...parameters, ...caption }
    : { ...parameters, media: mediaGroup(files, kind, caption) };
  const form = multipartForm(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
    files.map((file, at) => ({ ...file, field: alone ? kind : `file${at}` })),
    `tributary-${messageId}`,
  );
  const method = alone ? (asPhotos ? 'sendPhoto' : 'sendDocument') : 'sendMediaGroup';
  return { method, ...form };
}

/** Photos share the first one's caption; under documents it stands last, where their list ends. */
function mediaGroup(files: Files, kind: 'photo' | 'document', caption: { readonly caption?: string }) {
  const captioned = kind === 'photo' ? 0 : files.length - 1;
  return files.map((_file, at) => ({
    type: kind,
    media: `attach://file${at}`,
    ...(at === captioned ? caption : {}),
  }));
}

function isPhoto({ contentType, content }: Files[number]): boolean {
  return /^image\/(?:jpeg|png)$/.test(contentType) && content.byteLength <= LARGEST_PHOTO;
}
