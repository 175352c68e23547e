import type { InboundEvent, MediaReference } from '@tributary/channel-sdk';
import type { CallActivity, SenderDto } from '@tributary/contracts';
import { isPhoneNumber } from '../address.js';
import { cut } from '../parameters.js';
import type { MenuOption } from './definition.js';
import type { Language } from './phrases.js';

/** What is known of a call when something of it is told. */
export interface CallFacts {
  /** CallSid of the caller's leg. */
  readonly sid: string;
  /** As Twilio writes who calls. */
  readonly from: string;
  readonly to?: string;
  /** What the network shows with the number. */
  readonly name?: string;
  readonly language?: Language;
  readonly option?: MenuOption;
}

/** Why there is a ticket: what it is about until somebody talked. */
export type Reason = 'waits' | 'callback' | 'voicemail' | 'missed';

export interface Recording {
  readonly sid: string;
  readonly accountSid: string;
  /** Seconds. */
  readonly duration: number;
  /** Of the conversation with an agent; otherwise a message that the caller left. */
  readonly ofConversation: boolean;
}

/**
 * What Twilio says for callers who show no number, digits that spell it: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN,
 * UNAVAILABLE, PRIVATE.
 */
const WITHHELD = new Set([
  ...['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253', '+464', '+7748283'],
  ...['anonymous', 'restricted', 'blocked', 'unknown', 'unavailable', 'private', ''],
]);
/** Activities hold no longer text. */
const LONGEST_TRANSCRIPT = 8000;

const SUBJECTS: Readonly<Record<Reason, string>> = {
  waits: 'Phone call',
  callback: 'Callback asked for',
  voicemail: 'Voicemail',
  missed: 'Missed call',
};

/** Who calls; somebody who shows no number is somebody else in every call. */
export function callerOf({ sid, from, name }: CallFacts): SenderDto {
  const number = from.trim();
  if (WITHHELD.has(number.toLowerCase())) return { kind: 'call', value: sid, name: 'Withheld number' };
  const shown = name ? { name: cut(name, 200) } : {};
  return { kind: isPhoneNumber(number) ? 'phone' : 'sip', value: cut(number, 320), ...shown };
}

/**
 * The call itself: whichever request tells of it first makes its ticket, and the others are duplicates of it.
 *
 * @param reason as that request has it.
 */
export function callMessage(call: CallFacts, reason: Reason): InboundEvent {
  const { sid, to, language, option } = call;
  const about = option && (Object.values(option.say)[0] ?? '');
  const type = option?.type ?? (reason === 'waits' ? undefined : 'task');
  const lines = [
    about === undefined ? SUBJECTS[reason] : `Menu: ${about}`,
    ...(option?.skill === undefined ? [] : [`skill:${option.skill}`]),
  ];
  return {
    kind: 'message',
    providerEventId: sid,
    externalId: sid,
    from: callerOf(call),
    ...(to ? { to: cut(to, 320) } : {}),
    thread: { tokens: [], references: [], ticketNumbers: [] },
    subject: cut(about === undefined ? SUBJECTS[reason] : `${SUBJECTS[reason]}: ${about}`, 998),
    text: lines.join('\n'),
    files: [],
    automatic: false,
    ...(language === undefined ? {} : { language }),
    // Nobody talked yet, and nobody waits on the line: a task to call back.
    fields:
      reason === 'missed' || reason === 'callback' ? { type: 'task' } : type === undefined ? {} : { type },
  };
}

/**
 * Something that happened in the call.
 *
 * @param id what tells it from others of its kind in the same call.
 */
export function happened(
  call: CallFacts,
  activity: CallActivity,
  id = '',
  fields: Readonly<Record<string, string | undefined>> = {},
  externalId = call.sid,
): InboundEvent {
  const said = Object.entries(fields).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return {
    kind: 'activity',
    providerEventId: [call.sid, activity, ...(id === '' ? [] : [id])].join(':'),
    externalId,
    from: callerOf(call),
    activity,
    fields: Object.fromEntries(said),
  };
}

/** A recording, in the conversation of its call; the file stays at Twilio until the host fetches it. */
export function recordingMessage(call: CallFacts, recording: Recording): InboundEvent {
  const { sid, duration, ofConversation } = recording;
  return {
    kind: 'message',
    providerEventId: sid,
    externalId: sid,
    from: callerOf(call),
    thread: { tokens: [], references: [call.sid], ticketNumbers: [] },
    text: `${ofConversation ? 'Recording of the call' : 'Voicemail'}, ${duration} s`,
    files: [],
    media: [mediaOf(recording)],
    automatic: ofConversation,
    fields: { recording: ofConversation ? 'conversation' : 'voicemail', seconds: String(duration) },
  };
}

export function transcription(call: CallFacts, recordingSid: string, text: string): InboundEvent {
  return happened(
    call,
    'call.transcribed',
    recordingSid,
    { text: cut(text, LONGEST_TRANSCRIPT) },
    recordingSid,
  );
}

function mediaOf({ sid, accountSid, ofConversation }: Recording): MediaReference {
  return {
    id: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}.mp3`,
    name: `${ofConversation ? 'call' : 'voicemail'}-${sid.slice(-6)}.mp3`,
    contentType: 'audio/mpeg',
    disposition: 'attachment',
  };
}
