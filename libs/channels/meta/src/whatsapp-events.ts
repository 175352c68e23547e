import type { InboundEvent } from '@tributary/channel-sdk';
import { eventId, externalId, ignored, isAddress, unreadable } from './events.js';
import { cut, type Json, list, object, text, textsOf } from './json.js';
import { readOwnToken } from './own-token.js';
import { readContent } from './whatsapp-content.js';

type Sender = Extract<InboundEvent, { kind: 'message' }>['from'];

const STATES: Readonly<Record<string, 'sent' | 'delivered' | 'read' | 'failed'>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  // Of a voice message: it was listened to.
  played: 'read',
  failed: 'failed',
};

/** The events of a call for WhatsApp's Cloud API, in the order they stand. */
export function whatsappEvents(body: Json, phoneNumberId: string): InboundEvent[] {
  return list(body.entry)
    .flatMap((entry) => list(object(entry).changes))
    .flatMap((change) => readChange(object(change), phoneNumberId));
}

function readChange(change: Json, phoneNumberId: string): InboundEvent[] {
  const value = object(change.value);
  const metadata = object(value.metadata);
  const messages = list(value.messages).map(object);
  const statuses = list(value.statuses).map(object);
  const echoes = list(value.message_echoes);
  const preferences = list(value.user_preferences);
  if (metadata.phone_number_id !== undefined && text(metadata.phone_number_id) !== phoneNumberId) {
    const all = [...messages, ...statuses, ...echoes, ...preferences];
    return (all.length === 0 ? [change] : all).map((item) => ignored(item, 'other_account'));
  }
  const events = [
    ...messages.flatMap((message) => readMessage(message, value)),
    ...statuses.map(readStatus),
    // Written on the phone beside us, by somebody of the business.
    ...echoes.map((echo) => ignored(echo, 'foreign_echo')),
    // Of marketing templates alone: who stops those still wants answers.
    ...preferences.map((preference) => ignored(preference, 'marketing_preference')),
    ...list(value.errors).map((error) => ignored(error, 'provider_error')),
  ];
  return events.length === 0 ? [ignored(change, 'other_field')] : events;
}

function readMessage(message: Json, value: Json): InboundEvent[] {
  const id = externalId(text(message.id));
  const from = sender(message, value);
  if (from === undefined || id === undefined) {
    return [unreadable(message, 'NO_SENDER', 'The message does not say who sent it, or has no id.')];
  }
  if (message.group_id !== undefined) return [ignored(message, 'group_message')];
  switch (message.type) {
    case 'reaction':
    case 'edit':
    case 'revoke':
      return [readChangeOfMessage(message, id, from)];
    case 'request_welcome':
      return [ignored(message, 'request_welcome')];
    case 'system':
      return [utterance(message, value, id, from, { words: systemWords(message), automatic: true })];
    default:
      return [utterance(message, value, id, from, { automatic: false })];
  }
}

function readChangeOfMessage(message: Json, id: string, from: Sender): InboundEvent {
  const { type } = message;
  const change = object(message[String(type)]);
  const about = externalId(text(type === 'reaction' ? change.message_id : change.original_message_id));
  if (about === undefined) {
    return unreadable(
      message,
      'NO_MESSAGE_ID',
      `The ${String(type)} does not say which message it is about.`,
    );
  }
  const named = { providerEventId: eventId(id), externalId: about, from };
  if (type === 'revoke') return { kind: 'deleted', ...named };
  if (type === 'edit') return { kind: 'edited', ...named, text: readContent(object(change.message)).text };
  const emoji = text(change.emoji);
  // Without an emoji the customer took the reaction back.
  return { kind: 'reaction', ...named, reaction: emoji === undefined ? null : cut(emoji, 100) };
}

function utterance(
  message: Json,
  value: Json,
  id: string,
  from: Sender,
  { words, automatic }: { readonly words?: string; readonly automatic: boolean },
): InboundEvent {
  const content = readContent(message);
  const context = object(message.context);
  const answers = externalId(text(context.id));
  const phone = phoneOf(message, value);
  const said = words ?? content.text;
  return {
    kind: 'message',
    providerEventId: eventId(id),
    externalId: id,
    from,
    ...textsOf({ to: number(object(value.metadata).display_phone_number) }),
    thread: { tokens: [], references: answers === undefined ? [] : [answers], ticketNumbers: [] },
    text: said === '' && content.media.length === 0 ? '(an empty message)' : said,
    files: [],
    ...(content.media.length === 0 ? {} : { media: content.media }),
    automatic,
    fields: {
      ...content.fields,
      ...textsOf({ ...(from.kind === 'phone' ? {} : { phone }), ...origin(message, context) }),
    },
  };
}

/**
 * A changed number has a new id that nothing here can tie to the old one; the agent reads it in the conversation of
 * the old one.
 */
function systemWords(message: Json): string {
  const { body, wa_id, user_id } = object(message.system);
  return text(body) ?? `(the customer is now ${number(wa_id) ?? text(user_id) ?? 'another'})`;
}

/**
 * The customer's business-scoped user id where WhatsApp gives one, as it does since April 2026 with every message:
 * the phone number is missing for those who have a user name, and one customer must not become two.
 */
function sender(message: Json, value: Json): Sender | undefined {
  const contact = contactOf(message, value);
  const userId = text(message.from_user_id) ?? text(contact.user_id);
  const profile = object(contact.profile);
  const name = text(profile.name) ?? text(profile.username);
  const named = name === undefined ? {} : { name: cut(name, 200) };
  if (isAddress(userId)) return { kind: 'bsuid', value: userId, ...named };
  const phone = phoneOf(message, value);
  return isAddress(phone) ? { kind: 'phone', value: phone, ...named } : undefined;
}

function phoneOf(message: Json, value: Json): string | undefined {
  return number(message.from) ?? number(contactOf(message, value).wa_id);
}

/** The entry about the sender; a call with messages of several customers has several. */
function contactOf(message: Json, value: Json): Json {
  const contacts = list(value.contacts).map(object);
  const found = contacts.find(
    ({ wa_id, user_id }) =>
      (user_id !== undefined && user_id === message.from_user_id) ||
      (wa_id !== undefined && wa_id === message.from),
  );
  return found ?? (contacts.length === 1 && list(value.messages).length === 1 ? contacts[0]! : {});
}

/** WhatsApp writes numbers without the plus of E.164. */
function number(value: unknown): string | undefined {
  const digits = text(value)?.replace(/^\+/, '');
  return digits !== undefined && /^\d{5,20}$/.test(digits) ? `+${digits}` : undefined;
}

/** Where the customer came from: an advertisement or a product. */
function origin(message: Json, context: Json): Record<string, unknown> {
  const { source_url, source_id, source_type } = object(message.referral);
  return {
    source: source_type,
    ad: source_id,
    ref: source_url,
    product: object(context.referred_product).product_retailer_id,
  };
}

function readStatus(status: Json): InboundEvent {
  const id = externalId(text(status.id));
  const state = STATES[text(status.status) ?? ''];
  if (id === undefined)
    return unreadable(status, 'NO_MESSAGE_ID', 'The status does not say which message it is of.');
  if (state === undefined) return ignored(status, 'other_status');
  const own = readOwnToken(status.biz_opaque_callback_data);
  // The first part stands for the message, unless a later one does not arrive.
  if (own !== undefined && own.part > 0 && state !== 'failed') return ignored(status, 'further_part');
  const detail = state === 'failed' ? failure(status) : undefined;
  return {
    kind: 'receipt',
    providerEventId: eventId(id, text(status.status)!),
    externalId: id,
    ...(own === undefined ? {} : { sent: { messageId: own.messageId, attempt: own.attempt } }),
    state,
    ...(detail === undefined ? {} : { detail }),
  };
}

function failure(status: Json): string {
  const error = object(list(status.errors)[0]);
  const details = text(object(error.error_data).details) ?? text(error.message);
  const told = [text(error.title), details].filter((part) => part !== undefined);
  return cut(`${text(error.code) ?? 'no code'}: ${[...new Set(told)].join('. ') || 'no reason given'}`, 1000);
}
