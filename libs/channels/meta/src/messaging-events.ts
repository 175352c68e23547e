import type { InboundEvent } from '@tributary/channel-sdk';
import { digest, eventId, externalId, ignored, isAddress, unreadable } from './events.js';
import { isObject, type Json, list, object, text, textsOf } from './json.js';
import { isMetaFile, mediaAt, readAttachments } from './messaging-attachments.js';
import { readOwnToken } from './own-token.js';

/** The account that an inbox stands for, and what its customers' ids are called. */
export interface MessagingAccount {
  readonly id: string;
  readonly identityKind: 'psid' | 'igsid';
  /** Whether a mention in somebody's story is a message. */
  readonly storyMentions: boolean;
}

type Reader = (item: Json, account: MessagingAccount) => InboundEvent[];

const READERS: Readonly<Record<string, Reader>> = {
  message: readMessage,
  postback: readPostback,
  reaction: readReaction,
  message_edit: readEdit,
  delivery: readDelivery,
  read: readSeen,
  optin: readOptin,
  referral: readReferral,
};
/** What customers and apps do beside writing; each is ignored under its own name. */
const NO_MESSAGES = [
  ...['account_linking', 'game_play', 'messaging_feedback', 'policy_enforcement'],
  ...['pass_thread_control', 'take_thread_control', 'request_thread_control', 'app_roles', 'typing'],
];

/** The events of a call for Messenger (`object` is `page`) or Instagram, entry by entry, in the order they stand. */
export function messagingEvents(body: Json, account: MessagingAccount): InboundEvent[] {
  return list(body.entry).flatMap((one) => {
    const entry = object(one);
    const changes = list(entry.changes);
    const inChanges = changes
      .map((change) => object(object(change).value))
      .filter((value) => isObject(value.sender));
    const items = [...list(entry.messaging), ...inChanges];
    const standby = list(entry.standby);
    const others = changes.filter((change) => !isObject(object(object(change).value).sender));
    if (text(entry.id) !== account.id) {
      return [...items, ...standby, ...others].map((item) => ignored([entry.id, item], 'other_account'));
    }
    return [
      ...items.flatMap((item) => readItem(object(item), account)),
      // Another app answers in this thread now; what is written there is its business.
      ...standby.map((item) => ignored(item, 'standby')),
      ...others.map((change) => ignored(change, 'other_field')),
    ];
  });
}

function readItem(item: Json, account: MessagingAccount): InboundEvent[] {
  const isEcho = object(item.message).is_echo === true;
  // A reaction of ours, or a note to ourselves: nothing that a customer did.
  if (!isEcho && text(object(item.sender).id) === account.id) return [ignored(item, 'own_event')];
  const reader = Object.entries(READERS).find(([kind]) => isObject(item[kind]))?.[1];
  if (reader !== undefined) return reader(item, account);
  const known = NO_MESSAGES.find((kind) => item[kind] !== undefined);
  return [
    known === undefined
      ? unreadable(
          item,
          'UNKNOWN_EVENT',
          `An event with the fields ${Object.keys(item).join(', ').slice(0, 500)}.`,
        )
      : ignored(item, known),
  ];
}

function readMessage(item: Json, account: MessagingAccount): InboundEvent[] {
  const message = object(item.message);
  if (message.is_echo === true) return [readEcho(message)];
  const mid = externalId(text(message.mid));
  if (message.is_deleted === true) return [taken(item, mid, account)];
  const words = text(message.text);
  const replyTo = object(message.reply_to);
  const { media, lines } = readAttachments(message.attachments);
  const isMention = list(message.attachments).some((each) => object(each).type === 'story_mention');
  if (isMention && !account.storyMentions) return [ignored(item, 'story_mention')];
  const story = text(object(replyTo.story).url);
  const storyMedia = story !== undefined && isMetaFile(story) ? [mediaAt(story, 'story')] : [];
  const written = [
    ...(isMention ? ['(mentioned us in a story)'] : []),
    ...(replyTo.story === undefined ? [] : ['(answers our story)']),
    ...(message.is_unsupported === true ? ['(a message of a kind that Meta does not pass on)'] : []),
    ...(words === undefined ? [] : [words]),
    ...lines,
  ];
  const fields = textsOf({
    payload: object(message.quick_reply).payload,
    ...referralFields(message.referral),
  });
  const allMedia = [...new Map([...storyMedia, ...media].map((each) => [each.id, each])).values()];
  const said = written.join('\n') || (allMedia.length === 0 ? '(an empty message)' : '');
  return [utterance(item, account, { mid, said, fields, media: allMedia, answers: text(replyTo.mid) })];
}

interface Utterance {
  readonly mid: string | undefined;
  readonly said: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly media: ReturnType<typeof readAttachments>['media'];
  readonly answers?: string | undefined;
}

function utterance(item: Json, account: MessagingAccount, said: Utterance): InboundEvent {
  const from = customer(item.sender, account);
  if (from === undefined) return noSender(item);
  return {
    kind: 'message',
    providerEventId: said.mid === undefined ? `message:${digest(item)}` : eventId(said.mid),
    ...(said.mid === undefined ? {} : { externalId: said.mid }),
    from,
    to: account.id,
    thread: { tokens: [], references: said.answers === undefined ? [] : [said.answers], ticketNumbers: [] },
    text: said.said,
    files: [],
    ...(said.media.length === 0 ? {} : { media: said.media }),
    automatic: false,
    fields: said.fields,
  };
}

/**
 * What left in the account's name. Ours carries our token and may come before the Send API has answered; it says that
 * Meta took the message, and the id it gave.
 */
function readEcho(message: Json): InboundEvent {
  const mid = externalId(text(message.mid));
  const own = readOwnToken(message.metadata);
  if (own === undefined) return ignored(message, 'foreign_echo');
  if (mid === undefined || own.part > 0) return ignored(message, 'own_echo');
  const { messageId, attempt } = own;
  return {
    kind: 'receipt',
    providerEventId: eventId(mid, 'echo'),
    externalId: mid,
    sent: { messageId, attempt },
    state: 'sent',
  };
}

function taken(item: Json, mid: string | undefined, account: MessagingAccount): InboundEvent {
  const from = customer(item.sender, account);
  if (from === undefined || mid === undefined) return noSender(item);
  return { kind: 'deleted', providerEventId: eventId(mid, 'deleted'), externalId: mid, from };
}

/** A tapped button speaks for the customer: its title is what they said, its payload what the button meant. */
function readPostback(item: Json, account: MessagingAccount): InboundEvent[] {
  const postback = object(item.postback);
  const fields = textsOf({ payload: postback.payload, ...referralFields(postback.referral) });
  const said = text(postback.title) ?? fields.payload ?? '(tapped a button)';
  return [utterance(item, account, { mid: externalId(text(postback.mid)), said, fields, media: [] })];
}

function readReaction(item: Json, account: MessagingAccount): InboundEvent[] {
  const { mid, action, reaction, emoji } = object(item.reaction);
  const from = customer(item.sender, account);
  const id = externalId(text(mid));
  if (from === undefined || id === undefined) return [noSender(item)];
  const shown = (text(emoji) ?? text(reaction) ?? '?').slice(0, 100).toWellFormed();
  return [
    {
      kind: 'reaction',
      providerEventId: eventId(id, 'reaction', digest(item)),
      externalId: id,
      from,
      reaction: action === 'unreact' ? null : shown,
    },
  ];
}

function readEdit(item: Json, account: MessagingAccount): InboundEvent[] {
  const edit = object(item.message_edit);
  const from = customer(item.sender, account);
  const id = externalId(text(edit.mid));
  if (from === undefined || id === undefined) return [noSender(item)];
  const providerEventId = eventId(id, 'edit', text(edit.num_edit) ?? digest(item));
  return [{ kind: 'edited', providerEventId, externalId: id, from, text: text(edit.text) ?? '' }];
}

/** Messenger names the messages, but not always; a moment until which all were delivered it names always. */
function readDelivery(item: Json, account: MessagingAccount): InboundEvent[] {
  const mids = list(object(item.delivery).mids).flatMap((mid) => externalId(text(mid)) ?? []);
  if (mids.length === 0) return [seenUntil(item, account, 'delivered', object(item.delivery).watermark)];
  return mids.map((mid) => ({
    kind: 'receipt',
    providerEventId: eventId(mid, 'delivered'),
    externalId: mid,
    state: 'delivered',
  }));
}

/** Instagram names the message, Messenger only says until when everything was read. */
function readSeen(item: Json, account: MessagingAccount): InboundEvent[] {
  const mid = externalId(text(object(item.read).mid));
  if (mid === undefined) return [seenUntil(item, account, 'read', object(item.read).watermark)];
  return [{ kind: 'receipt', providerEventId: eventId(mid, 'read'), externalId: mid, state: 'read' }];
}

/** @param watermark milliseconds since 1970, by Meta's clock. */
function seenUntil(
  item: Json,
  account: MessagingAccount,
  state: 'delivered' | 'read',
  watermark: unknown,
): InboundEvent {
  const by = customer(item.sender, account);
  const until = new Date(Number(text(watermark) ?? Number.NaN));
  if (by === undefined || Number.isNaN(until.getTime())) return ignored(item, 'watermark_without_ids');
  return { kind: 'seen', providerEventId: `${state}:${digest(item)}`, by, until, state };
}

/** Only the end of what was agreed to takes consent back; every other opt-in gives it. */
function readOptin(item: Json, account: MessagingAccount): InboundEvent[] {
  const optin = object(item.optin);
  const from = customer(item.sender, account);
  if (from === undefined) return [ignored(item, 'optin_without_sender')];
  // Marketing messages are agreed to apart; who ends them still wants answers.
  if (optin.type === 'notification_messages') return [ignored(item, 'marketing_preference')];
  return [{ kind: 'consent', providerEventId: `optin:${digest(item)}`, from, consent: 'given' }];
}

/** The customer opened the conversation from a link or an advertisement and has not written yet. */
function readReferral(item: Json, account: MessagingAccount): InboundEvent[] {
  const from = customer(item.sender, account);
  if (from === undefined) return [noSender(item)];
  const fields = textsOf(referralFields(item.referral));
  return [
    { kind: 'activity', providerEventId: `referral:${digest(item)}`, from, activity: 'referral', fields },
  ];
}

function customer(sender: unknown, account: MessagingAccount) {
  const value = text(object(sender).id);
  return isAddress(value) ? { kind: account.identityKind, value } : undefined;
}

function noSender(item: Json): InboundEvent {
  return unreadable(item, 'NO_SENDER', 'The event does not say who sent it, or which message it is about.');
}

/** Where the customer came from: an advertisement, a link with a reference, a product. */
function referralFields(referral: unknown): Record<string, unknown> {
  const { ref, source, ad_id, product } = object(referral);
  return { ref, source, ad: ad_id, product: object(product).id };
}
