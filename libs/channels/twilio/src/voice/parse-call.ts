import { createHash } from 'node:crypto';
import type { ChannelInbox, InboundEvent, WebhookRequest } from '@tributary/channel-sdk';
import { cut, isForm, type Parameters, parametersOf } from '../parameters.js';
import { twilioSettings } from '../settings.js';
import { parseStatus } from '../status.js';
import {
  type CallFacts,
  callMessage,
  happened,
  type Reason,
  recordingMessage,
  transcription,
} from './call-events.js';
import { type CallDefinition, definitionOf } from './definition.js';
import { stateOf, type Report, type Turn } from './turn-state.js';

/** A request about a call, read. */
interface Told {
  readonly call: CallFacts;
  readonly given: Parameters;
  readonly definition: CallDefinition;
  readonly tries: number;
  readonly agent: string;
  readonly accountSid: string;
}

type Reader = (told: Told) => readonly InboundEvent[];

/** A call has one end: whatever it is called. https://www.twilio.com/docs/voice/api/call-resource, read 2026-11-24. */
const ENDS: ReadonlySet<string> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

const READERS: Readonly<Record<Turn | Report, Reader>> = {
  '': (told) => [began(told)],
  '/language': (told) =>
    told.definition.menu.length > 0 ? [passed(told, 'LANGUAGE')] : entered(told, 'waits'),
  '/menu': chosen,
  '/wait': (told) => [passed(told, 'WAITING')],
  '/leave': (told) => [passed(told, 'LEAVING')],
  '/queued': queueLeft,
  '/offer': (told) => (told.given.get('Digits') === '1' ? [callback(told)] : [passed(told, 'VOICEMAIL')]),
  '/dialed': dialed,
  '/recorded': recorded,
  '/recording': recorded,
  '/transcription': transcribed,
  '/status': statusChanged,
  '/leg': legAnswered,
};

/**
 * What a turn or a report says of its call. Each thing has an id made of the call's SID and what it is, so that it is
 * the same thing however often and through whichever request it is told.
 */
export async function parseCall(
  request: WebhookRequest,
  inbox: ChannelInbox,
): Promise<readonly InboundEvent[]> {
  const given: Parameters = isForm(request) ? parametersOf(request) : new Map();
  const messageStatus = given.get('MessageStatus');
  const messageSid = given.get('MessageSid') ?? '';
  if (messageStatus !== undefined && /^\w{1,64}$/.test(messageSid)) {
    return parseStatus(messageSid, messageStatus, given, request.query, 'sms');
  }
  const sid = (request.path === '/leg' ? given.get('ParentCallSid') : given.get('CallSid')) ?? '';
  if (!/^CA\w{1,62}$/.test(sid)) {
    const hash = createHash('sha256').update(request.path).update('\0').update(request.body).digest('hex');
    return [unreadable(`sha256:${hash}`, 'NO_CALL', 'the request names no call')];
  }
  const reader = READERS[request.path as Turn | Report];
  if (reader === undefined) {
    return [
      unreadable(
        cut(`${sid}:${request.path}`, 500),
        'UNKNOWN_TURN',
        cut(`there is nothing at ${request.path}`, 500),
      ),
    ];
  }
  const definition = definitionOf(inbox);
  const { language, option, tries, caller, agent } = stateOf(request, definition);
  const said = caller || given.get('From') || '';
  const call: CallFacts = {
    ...{ sid, from: said, to: given.get('To'), name: given.get('CallerName') },
    ...(request.query['l'] === undefined ? {} : { language }),
    ...(option === undefined ? {} : { option }),
  };
  return reader({ call, given, definition, tries, agent, accountSid: twilioSettings(inbox).accountSid });
}

function began({ call }: Told): InboundEvent {
  return happened(call, 'call.began', '', { to: call.to });
}

/** The call with what the caller wants: from here on somebody is looked for. */
function entered({ call }: Told, reason: Reason): readonly InboundEvent[] {
  return [callMessage(call, reason), ...(reason === 'waits' ? [happened(call, 'call.queued')] : [])];
}

function chosen(told: Told): readonly InboundEvent[] {
  const { call, definition, given, tries } = told;
  const key = given.get('Digits') ?? '';
  const option = definition.menu.find((each) => each.key === key);
  if (option === undefined)
    return tries >= 2 ? entered(told, 'waits') : [passed(told, `NO_OPTION_${tries + 1}`)];
  const decided: Told = { ...told, call: { ...call, option } };
  const { language } = call;
  const label = (language && option.say[language]) ?? Object.values(option.say)[0] ?? '';
  const choice = happened(call, 'call.chose', key, { key, label, language });
  switch (option.then) {
    case 'agent':
      return [...entered(decided, 'waits'), choice];
    case 'voicemail':
      return [...entered(decided, 'voicemail'), choice];
    case 'callback':
      return [...entered(decided, 'callback'), choice, happened(call, 'call.callback')];
  }
}

function callback({ call }: Told): InboundEvent {
  return happened(call, 'call.callback', '', { type: 'task' });
}

function queueLeft(told: Told): readonly InboundEvent[] {
  const { call, given } = told;
  const result = given.get('QueueResult') ?? '';
  if (result !== 'hangup') return [passed(told, `QUEUE_${cut(result, 40).toUpperCase()}`)];
  return [happened(call, 'call.abandoned', '', { seconds: digits(given.get('QueueTime')), type: 'task' })];
}

function dialed({ call, given, agent }: Told): readonly InboundEvent[] {
  const status = given.get('DialCallStatus') ?? '';
  const leg = cut(given.get('DialCallSid') ?? '', 64);
  if (status === 'completed' || status === 'answered') {
    return [
      happened(call, 'call.connected', `${leg}:talked`, {
        agent,
        seconds: digits(given.get('DialCallDuration')),
      }),
    ];
  }
  return [happened(call, 'call.unanswered', leg, { agent, status: cut(status, 50), type: 'task' })];
}

/** The report on an agent's phone, made when it is picked up. */
function legAnswered(told: Told): readonly InboundEvent[] {
  const { call, given, agent } = told;
  const leg = cut(given.get('CallSid') ?? '', 64);
  const status = given.get('CallStatus') ?? '';
  if (status !== 'in-progress') return [passed(told, `LEG_${cut(status, 40).toUpperCase()}_${leg}`)];
  return [happened(call, 'call.connected', leg, { agent })];
}

function recorded(told: Told): readonly InboundEvent[] {
  const { call, given, accountSid } = told;
  const sid = given.get('RecordingSid') ?? '';
  const status = given.get('RecordingStatus') ?? 'completed';
  const duration = Number.parseInt(given.get('RecordingDuration') ?? '0', 10) || 0;
  if (!/^RE\w{1,62}$/.test(sid) || status !== 'completed' || duration === 0) {
    return [passed(told, `NO_RECORDING_${cut(status, 40).toUpperCase()}`)];
  }
  const ofConversation = given.get('RecordingSource') === 'DialVerb';
  // The call first: a recording that comes before its call's own requests is in its ticket all the same.
  return [
    callMessage(call, 'voicemail'),
    recordingMessage(call, { sid, accountSid, duration, ofConversation }),
  ];
}

function transcribed(told: Told): readonly InboundEvent[] {
  const { call, given } = told;
  const sid = given.get('RecordingSid') ?? '';
  const text = given.get('TranscriptionText')?.trim() ?? '';
  if (!/^RE\w{1,62}$/.test(sid) || given.get('TranscriptionStatus') !== 'completed' || text === '') {
    return [passed(told, 'NO_TRANSCRIPTION')];
  }
  return [transcription(call, sid, text)];
}

/** Of the number, whose address knows nothing of the call's turns. A call that ends without a ticket was missed. */
function statusChanged(told: Told): readonly InboundEvent[] {
  const { call, given } = told;
  const status = given.get('CallStatus') ?? '';
  if (!ENDS.has(status)) return [began(told)];
  const seconds = digits(given.get('CallDuration'));
  return [callMessage(call, 'missed'), began(told), happened(call, 'call.ended', '', { status, seconds })];
}

function passed({ call }: Told, reason: string): InboundEvent {
  return { kind: 'ignored', providerEventId: `${call.sid}:${reason}`, reason };
}

function digits(text: string | undefined): string | undefined {
  return /^\d{1,9}$/.test(text ?? '') ? text : undefined;
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
