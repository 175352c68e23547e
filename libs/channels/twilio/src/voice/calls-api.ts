import {
  type CallConnection,
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type ChannelResponse,
  type FetchMedia,
  type InboundEvent,
  type PollItem,
  type PollWindow,
} from '@tributary/channel-sdk';
import { isPhoneNumber } from '../address.js';
import { API, authorization, jsonOf } from '../api.js';
import { cut } from '../parameters.js';
import { type TwilioSettings, twilioSettings } from '../settings.js';
import { twilioError } from '../twilio-errors.js';
import { type CallFacts, callMessage, happened, recordingMessage } from './call-events.js';
import { definitionOf, languagesOf } from './definition.js';
import { addressesOf } from './turn-state.js';
import { document, escaped, verb } from './twiml.js';

/** Bytes of one recording; an hour of a conversation as MP3. */
export const LARGEST_RECORDING = 25_000_000;
/** What is told late is asked for once more. */
const OVERLAP_MS = 2 * 60_000;
/** A call that did not end by then never will be told to have. */
const LONGEST_CALL_MS = 24 * 3_600_000;
const PAGE = 50;
const PAGES = 40;
const ENDED = /^(?:completed|busy|failed|no-answer|canceled)$/;

type Resource = Readonly<Record<string, unknown>>;

/**
 * The account's own record of the calls to the inbox's number, with their recordings, since the cursor: an instant from
 * which calls may still be untold. The first look tells nothing: what was before the inbox is not ours.
 * https://www.twilio.com/docs/voice/api/call-resource, read 2026-11-24.
 */
export async function* fetchCalls(
  inbox: ChannelInbox,
  cursor: string | null,
  ports: ChannelPorts,
  signal: AbortSignal,
): AsyncIterable<PollWindow> {
  const now = ports.now().getTime();
  const since = Date.parse(cursor ?? '');
  if (Number.isNaN(since)) {
    yield { items: [], cursor: new Date(now - OVERLAP_MS).toISOString() };
    return;
  }
  const settings = twilioSettings(inbox);
  const items: PollItem[] = [];
  let untold = now - OVERLAP_MS;
  for (const call of await listCalls(settings, new Date(since), ports, signal)) {
    const sid = String(call['sid']);
    const recordings = await listed(`/Calls/${sid}/Recordings.json`, 'recordings', settings, ports, signal);
    const isTold =
      ENDED.test(String(call['status'])) && recordings.every(({ status }) => status !== 'processing');
    const began = Date.parse(String(call['start_time'] ?? call['date_created']));
    if (!isTold && now - began < LONGEST_CALL_MS) untold = Math.min(untold, began);
    items.push({ id: sid, raw: new TextEncoder().encode(JSON.stringify({ call, recordings })) });
  }
  yield { items, cursor: new Date(Math.max(untold, since)).toISOString() };
}

/** What a call on record says; the same ids as what its requests said. */
export async function parseRecord(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]> {
  const { call, recordings } = readRecord(item.raw);
  const sid = text(call['sid']);
  if (!/^CA\w{1,62}$/.test(sid)) {
    return [
      { kind: 'unreadable', providerEventId: item.id, reason: 'NO_CALL', detail: 'the record names no call' },
    ];
  }
  if (text(call['direction']) !== 'inbound') {
    return [{ kind: 'ignored', providerEventId: `${sid}:OUTBOUND`, reason: 'OUTBOUND' }];
  }
  const facts: CallFacts = {
    sid,
    from: text(call['from']),
    to: text(call['to']),
    name: text(call['caller_name']),
  };
  const began = happened(facts, 'call.began', '', { to: facts.to });
  const status = text(call['status']);
  if (!ENDED.test(status)) return [began];
  const { accountSid } = twilioSettings(inbox);
  const messages = recordings.flatMap((recording) => {
    const [recordingSid, duration] = [text(recording['sid']), Number(recording['duration'])];
    if (!/^RE\w{1,62}$/.test(recordingSid) || !(duration > 0) || text(recording['status']) !== 'completed')
      return [];
    const ofConversation = text(recording['source']) === 'DialVerb';
    return [recordingMessage(facts, { sid: recordingSid, accountSid, duration, ofConversation })];
  });
  const seconds = /^\d{1,9}$/.exec(text(call['duration']))?.[0];
  const ended = happened(facts, 'call.ended', '', { status, seconds });
  const unique = new Map([...messages, ended].map((event) => [event.providerEventId, event]));
  return [callMessage(facts, messages.length > 0 ? 'voicemail' : 'missed'), began, ...unique.values()];
}

/**
 * Takes the caller out of the queue and rings the agent's phone. The document goes along, so that nobody has to be asked
 * for it meanwhile. https://www.twilio.com/docs/voice/tutorials/how-to-modify-calls-in-progress, read 2026-11-24.
 */
export async function connectCaller(
  { callId, phone, agentName }: CallConnection,
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<void> {
  if (!/^CA\w{1,62}$/.test(callId) || !isPhoneNumber(phone)) {
    throw new ChannelError('rejected_permanently', 'There is no such call, or no number to ring.');
  }
  if (ports.hookUrl === undefined) {
    throw new ChannelError('unsupported', 'Twilio cannot call this installation: it has no public address.');
  }
  const settings = twilioSettings(inbox);
  const call = jsonOf(expectFound(await get(`/Calls/${callId}.json`, settings, ports, signal)));
  if (text(call['status']) !== 'in-progress')
    throw new ChannelError('window_closed', 'The caller has hung up.');
  // Asked for once more, after an answer that was lost or by another process, a caller would be torn from the agent.
  const legs = await listed(`/Calls.json?ParentCallSid=${callId}`, 'calls', settings, ports, signal);
  if (legs.some(({ status }) => !ENDED.test(text(status)))) return;
  const form = new URLSearchParams({
    Twiml: dialing(phone, agentName, text(call['from']), inbox, ports.hookUrl),
  });
  const answer = await ports.http.request(
    {
      ...{ method: 'POST', url: resourceUrl(`/Calls/${callId}.json`, settings), body: form.toString() },
      headers: {
        ...{ authorization: authorization(settings), accept: 'application/json' },
        'content-type': 'application/x-www-form-urlencoded',
      },
    },
    signal,
  );
  expectFound(answer);
}

function dialing(phone: string, agent: string, caller: string, inbox: ChannelInbox, hook: string): string {
  const { dial, ...definition } = definitionOf(inbox);
  const language = languagesOf({ dial, ...definition })[0]!;
  const to = addressesOf(hook, { language, option: undefined, tries: 0, caller, agent: cut(agent, 100) });
  const recording = dial.record
    ? { record: 'record-from-answer-dual', recordingStatusCallback: to('/recording') }
    : {};
  const legs = {
    ...{ statusCallback: to('/leg'), statusCallbackEvent: 'answered', statusCallbackMethod: 'POST' },
  };
  const number = verb('Number', legs, escaped(phone));
  const attributes = {
    action: to('/dialed'),
    method: 'POST',
    timeout: dial.ringSeconds,
    answerOnBridge: 'true',
  };
  return document([verb('Dial', { ...attributes, ...recording }, number)]);
}

/** A recording of this account; its credentials go nowhere else. It may be told of before it can be had. */
export const fetchRecording: FetchMedia = async (media, inbox, { http }, signal) => {
  const settings = twilioSettings(inbox);
  const owner = /^https:\/\/api\.twilio\.com\/2010-04-01\/Accounts\/(AC\w{32})\/Recordings\/RE\w+\.mp3$/.exec(
    media.id,
  );
  if (owner?.[1] !== settings.accountSid) {
    throw new ChannelError('rejected_permanently', 'The recording is not at this account of Twilio.');
  }
  const headers = { authorization: authorization(settings) };
  const answer = await http.request(
    { method: 'GET', url: media.id, headers, timeoutMs: 60_000, maxBytes: LARGEST_RECORDING },
    signal,
  );
  if (answer.status === 404) throw new ChannelError('unavailable', 'The recording is not ready.');
  if (answer.status !== 200) throw readError(answer);
  const { name, contentType, disposition } = media;
  return { name, contentType, disposition, content: answer.body };
};

async function listCalls(
  settings: TwilioSettings,
  since: Date,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const query = new URLSearchParams({
    ...{ To: settings.sender ?? '', PageSize: String(PAGE) },
    // The name of the parameter ends in the sign: calls that began then or later.
    'StartTime>': since.toISOString().replace(/\.\d+Z$/, 'Z'),
  });
  const calls = await listed(`/Calls.json?${query.toString()}`, 'calls', settings, ports, signal);
  return calls
    .filter(({ sid, direction }) => /^CA\w{1,62}$/.test(text(sid)) && direction === 'inbound')
    .toReversed();
}

/** All pages of a list. */
async function listed(
  path: string,
  name: string,
  settings: TwilioSettings,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<Resource[]> {
  const found: Resource[] = [];
  let url: string | undefined = resourceUrl(path, settings);
  for (let page = 0; url !== undefined && page < PAGES; page += 1) {
    const answer: Resource = jsonOf(expectFound(await getUrl(url, settings, ports, signal)));
    const rows = answer[name];
    found.push(...((Array.isArray(rows) ? rows : []) as readonly Resource[]));
    const next = text(answer['next_page_uri']);
    url = next.startsWith('/2010-04-01/') ? `${API}${next}` : undefined;
  }
  return found;
}

function get(path: string, settings: TwilioSettings, ports: ChannelPorts, signal: AbortSignal) {
  return getUrl(resourceUrl(path, settings), settings, ports, signal);
}

function getUrl(url: string, settings: TwilioSettings, { http }: ChannelPorts, signal: AbortSignal) {
  const headers = { authorization: authorization(settings), accept: 'application/json' };
  return http.request({ method: 'GET', url, headers }, signal);
}

function resourceUrl(path: string, { accountSid }: TwilioSettings): string {
  return `${API}/2010-04-01/Accounts/${accountSid}${path}`;
}

function expectFound(answer: ChannelResponse): ChannelResponse {
  if (answer.status < 300) return answer;
  throw readError(answer);
}

/** Nothing is done twice by asking again. */
function readError(answer: ChannelResponse): ChannelError {
  const { code, message } = jsonOf(answer);
  const said = typeof message === 'string' ? message : undefined;
  const error = twilioError(answer.status, Number(code ?? Number.NaN), said, answer.headers['retry-after']);
  return error.code === 'unknown_outcome' ? new ChannelError('unavailable', error.message) : error;
}

function readRecord(raw: Uint8Array): { readonly call: Resource; readonly recordings: readonly Resource[] } {
  try {
    const { call, recordings } = JSON.parse(new TextDecoder().decode(raw)) as Record<string, unknown>;
    const list: readonly unknown[] = Array.isArray(recordings) ? recordings : [];
    return { call: asResource(call), recordings: list.map(asResource) };
  } catch {
    return { call: {}, recordings: [] };
  }
}

function asResource(value: unknown): Resource {
  return typeof value === 'object' && value !== null ? (value as Resource) : {};
}

/** Text that can be stored. */
function text(value: unknown): string {
  const given = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  return cut(given.replaceAll('\0', '\uFFFD').toWellFormed(), 2000);
}
