import { createHash } from 'node:crypto';
import {
  cut,
  type InboundEvent,
  integerAt,
  listAt,
  objectAt,
  type Payload,
  readPayload,
  storable,
  textAt,
  type WebhookRequest,
} from '@tributary/channel-sdk';
import type { SenderDto } from '@tributary/contracts';
import { externalId, senderOf, threadOf } from './chat.js';
import { contentOf } from './content.js';

/** One update is one event. */
export async function parseUpdate({ body }: WebhookRequest): Promise<readonly InboundEvent[]> {
  return parseUpdateIn(body);
}

/** The same, however the update came. */
export function parseUpdateIn(body: Uint8Array): readonly InboundEvent[] {
  const update = readPayload(body);
  const id = integerAt(update, 'update_id');
  if (update === undefined || id === undefined) {
    const ofBytes = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    return [unreadable(ofBytes, 'NO_UPDATE', 'the body is no update of the Bot API')];
  }
  const kind = Object.keys(update).find((key) => key !== 'update_id') ?? '';
  const payload = objectAt(update, kind) ?? {};
  const eventId = eventIdOf(id, payload);
  const read = READERS.get(kind);
  if (read !== undefined) {
    return [read(payload, eventId) ?? unreadable(eventId, 'NO_CHAT', `the ${kind} names no chat or message`)];
  }
  if (NO_CUSTOMERS_WORD.has(kind)) return [ignored(eventId, kind)];
  return [
    unreadable(eventId, 'UNKNOWN_UPDATE', `an update of the kind ${cut(storable(kind), 50) || 'nothing'}`),
  ];
}

/**
 * The id, and the second it happened in: after a week of silence Telegram goes on from a random id (Bot API, Update),
 * and an inbox may get another bot, whose ids have nothing to do with those before.
 */
function eventIdOf(id: number, payload: Payload): string {
  const happened = integerAt(payload, 'edit_date') ?? integerAt(payload, 'date') ?? textAt(payload, 'id');
  return happened === undefined ? String(id) : cut(`${id}:${happened}`, 500);
}

/** @returns undefined when it does not say where it belongs. */
type Reader = (payload: Payload, eventId: string) => InboundEvent | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['message', messageReceived],
  ['edited_message', messageEdited],
  ['message_reaction', reactionChanged],
  ['my_chat_member', membershipChanged],
  ['callback_query', buttonPressed],
]);

/** Updates in which no customer speaks to us. */
const NO_CUSTOMERS_WORD: ReadonlySet<string> = new Set([
  ...[
    'channel_post',
    'edited_channel_post',
    'message_reaction_count',
    'inline_query',
    'chosen_inline_result',
  ],
  ...['shipping_query', 'pre_checkout_query', 'poll', 'poll_answer', 'chat_member', 'chat_join_request'],
  ...['chat_boost', 'removed_chat_boost', 'purchased_paid_media', 'business_connection'],
]);

/** Telegram writes these into a chat itself. */
const SERVICE_MESSAGE =
  /^(?:new_chat_(?:members|title|photo)|left_chat_member|delete_chat_photo|(?:group|supergroup|channel)_chat_created|message_auto_delete_timer_changed|migrate_(?:to|from)_chat_id|pinned_message|(?:general_)?forum_topic_\w+|video_chat_\w+|proximity_alert_triggered|boost_added|chat_background_set|chat_owner_\w+|write_access_allowed|giveaway_created|giveaway_completed)$/;

function messageReceived(message: Payload, eventId: string): InboundEvent | undefined {
  const told = frameOf(message);
  if (told === undefined) return undefined;
  const { chat, from, external } = told;
  const service = Object.keys(message).find((key) => SERVICE_MESSAGE.test(key));
  if (service !== undefined) return ignored(eventId, service);
  if (textAt(chat, 'type') === 'channel' || message['is_automatic_forward'] === true) {
    return ignored(eventId, 'channel_post');
  }
  const text = textAt(message, 'text');
  // Nobody can be written to before they pressed START: it says yes, and nothing yet.
  if (text === '/start' && textAt(chat, 'type') === 'private') {
    return { kind: 'consent', providerEventId: eventId, from, consent: 'given' };
  }
  const start = /^\/start(?:@\w+)? (\S{1,64})$/.exec(text ?? '')?.[1];
  const album = textAt(message, 'media_group_id');
  const person = objectAt(message, 'from');
  const language = textAt(person, 'language_code');
  return {
    kind: 'message',
    providerEventId: eventId,
    externalId: external,
    from,
    thread: threadOf(message),
    files: [],
    ...contentOf(message),
    // Two chats may have albums of one number.
    ...(album === undefined ? {} : { album: `${from.value}:${album}` }),
    automatic: person?.['is_bot'] === true && objectAt(message, 'sender_chat') === undefined,
    ...(language === undefined ? {} : { language: cut(language, 35) }),
    fields: start === undefined ? {} : { start },
  };
}

function messageEdited(message: Payload, eventId: string): InboundEvent | undefined {
  const told = frameOf(message);
  if (told === undefined) return undefined;
  const { text } = contentOf(message);
  return { kind: 'edited', providerEventId: eventId, externalId: told.external, from: told.from, text };
}

/** Who has no premium account has one reaction on a message. */
function reactionChanged(changed: Payload, eventId: string): InboundEvent | undefined {
  const told = frameOf(changed, objectAt(changed, 'user') ?? objectAt(changed, 'actor_chat'));
  if (told === undefined) return undefined;
  const reactions = listAt(changed, 'new_reaction').map((each) => {
    if (textAt(each, 'type') === 'paid') return '⭐';
    return textAt(each, 'emoji') ?? `custom emoji ${textAt(each, 'custom_emoji_id') ?? ''}`.trim();
  });
  const reaction = reactions.length === 0 ? null : reactions.join(' ');
  return { kind: 'reaction', providerEventId: eventId, externalId: told.external, from: told.from, reaction };
}

/** Of ourselves: blocked or let in again by a person, put into a group or out of it. */
function membershipChanged(changed: Payload, eventId: string): InboundEvent | undefined {
  const from = senderOf(objectAt(changed, 'chat') ?? {}, objectAt(changed, 'from'));
  if (from === undefined) return undefined;
  const isIn = (state: 'old_chat_member' | 'new_chat_member') =>
    !['left', 'kicked', undefined].includes(textAt(objectAt(changed, state), 'status'));
  const now = isIn('new_chat_member');
  if (textAt(objectAt(changed, 'chat'), 'type') === 'channel') return ignored(eventId, 'my_chat_member');
  if (now === isIn('old_chat_member')) return ignored(eventId, 'rights_changed');
  return { kind: 'consent', providerEventId: eventId, from, consent: now ? 'given' : 'withdrawn' };
}

/** A button under a message of the bot; its words stand under the message, we get what it stands for. */
function buttonPressed(query: Payload, eventId: string): InboundEvent | undefined {
  const message = objectAt(query, 'message') ?? {};
  const person = objectAt(query, 'from');
  // A button of an inline message names no chat; its person's private chat has the person's id.
  const from = senderOf(objectAt(message, 'chat') ?? person ?? {}, person);
  if (from === undefined) return undefined;
  const button = textAt(query, 'data') ?? textAt(query, 'game_short_name') ?? '';
  const language = textAt(person, 'language_code');
  return {
    kind: 'message',
    providerEventId: eventId,
    from,
    thread: threadOf({ chat: message['chat'], reply_to_message: message }),
    text: labelOf(message, button) ?? button,
    files: [],
    automatic: false,
    ...(language === undefined ? {} : { language: cut(language, 35) }),
    fields: { button },
  };
}

function labelOf(message: Payload, button: string): string | undefined {
  const rows = objectAt(message, 'reply_markup')?.['inline_keyboard'];
  const buttons = Array.isArray(rows) ? rows.flatMap((row) => listAt({ row }, 'row')) : [];
  return textAt(
    buttons.find((each) => textAt(each, 'callback_data') === button),
    'text',
  );
}

/** Where a message stands and who speaks. */
function frameOf(
  message: Payload,
  person = objectAt(message, 'sender_chat') ?? objectAt(message, 'from'),
): { readonly chat: Payload; readonly from: SenderDto; readonly external: string } | undefined {
  const chat = objectAt(message, 'chat') ?? {};
  const number = integerAt(message, 'message_id');
  const from = senderOf(chat, person);
  if (from === undefined || number === undefined) return undefined;
  return { chat, from, external: externalId(from.value, number) };
}

function ignored(providerEventId: string, reason: string): InboundEvent {
  return { kind: 'ignored', providerEventId, reason };
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
