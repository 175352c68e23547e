import {
  type CatchUp,
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type PollItem,
  type PollWindow,
} from '@tributary/channel-sdk';
import { addressAt, type Medium } from './address.js';
import { API, authorization, jsonOf, messagesUrl } from './api.js';
import { parseMessage } from './parse.js';
import { type TwilioSettings, twilioSettings } from './settings.js';
import { twilioError } from './twilio-errors.js';

type Json = Readonly<Record<string, unknown>>;

/** Where the list was read to. */
interface Cursor {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was appended of the time before `at` that is read again, as Twilio tells whole seconds and in no strict order. */
  readonly seen: readonly string[];
}

/** Twilio is about to call for what is younger, or tries again. */
const YOUNG_MS = 60_000;
const OVERLAP_MS = 60_000;
const PAGE = 100;
const WINDOW = 50;
const DAY_MS = 86_400_000;

/**
 * Messages of the account's list that came since the last one seen: after an outage that outlasted Twilio's tries, they
 * are nowhere else. They have the ids of the calls, so what came by call is not there twice. An inbox begins now: what
 * was before is not fetched.
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources, read 2026-11-24.
 */
export function missedMessages(medium: Medium): CatchUp {
  return {
    fetch: (inbox, cursor, ports, signal) => missedSince(medium, inbox, cursor, ports, signal),
    parse: async ({ raw }, inbox) => {
      const { message, media } = JSON.parse(new TextDecoder().decode(raw)) as Listed;
      return parseMessage(String(message['sid']), asCalled(message, media), medium, inbox);
    },
  };
}

async function* missedSince(
  medium: Medium,
  inbox: ChannelInbox,
  stored: string | null,
  ports: ChannelPorts,
  signal: AbortSignal,
): AsyncIterable<PollWindow> {
  const now = ports.now().getTime();
  let cursor: Cursor = stored === null ? { at: now, seen: [] } : (JSON.parse(stored) as Cursor);
  if (stored === null) yield { items: [], cursor: JSON.stringify(cursor) };
  const settings = twilioSettings(inbox);
  const listed = await inboundSince(cursor.at - OVERLAP_MS, medium, settings, ports, signal);
  const missed = listed.filter(
    ({ sid, at }) => !cursor.seen.includes(sid) && at <= now - YOUNG_MS && at >= cursor.at - OVERLAP_MS,
  );
  for (let from = 0; from < missed.length; from += WINDOW) {
    const some = missed.slice(from, from + WINDOW);
    const items: PollItem[] = [];
    for (const each of some) items.push(await itemOf(each, settings, ports, signal));
    cursor = moved(cursor, some, listed);
    yield { items, cursor: JSON.stringify(cursor) };
  }
}

interface Found {
  readonly sid: string;
  readonly at: number;
  readonly message: Json;
}

/** As it is kept: the resource, and what the list of its files says. */
interface Listed {
  readonly message: Json;
  readonly media: readonly Json[];
}

function moved(before: Cursor, taken: readonly Found[], listed: readonly Found[]): Cursor {
  const at = Math.max(before.at, taken.at(-1)!.at);
  const known = new Set([...before.seen, ...taken.map(({ sid }) => sid)]);
  const again = listed.filter((each) => each.at >= at - OVERLAP_MS && known.has(each.sid));
  return { at, seen: again.map(({ sid }) => sid) };
}

/** Oldest first. */
async function inboundSince(
  since: number,
  medium: Medium,
  settings: TwilioSettings,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const { sender, messagingServiceSid } = settings;
  const ours = sender === undefined ? undefined : addressAt(medium, sender);
  const query = new URLSearchParams({ PageSize: String(PAGE), ...(ours === undefined ? {} : { To: ours }) });
  // Whole days are what every account's list can be asked by; a day more, as days differ.
  query.set('DateSent>', new Date(since - DAY_MS).toISOString().slice(0, 10));
  const found: Found[] = [];
  let url: string | undefined = `${messagesUrl(settings)}?${query.toString()}`;
  // To the last page that is new enough, however many: the cursor goes past what is not read.
  while (url !== undefined) {
    const answer: Json = await get(url, settings, ports, signal);
    const all = list(answer['messages']).map(foundIn);
    const isOurs = ({ message }: Found) =>
      message['direction'] === 'inbound' &&
      (ours === undefined
        ? message['messaging_service_sid'] === messagingServiceSid
        : message['to'] === ours);
    found.push(...all.filter((each) => each.at >= since && isOurs(each)));
    // Newest first: what follows is older.
    const isOver = all.length > 0 && all.every(({ at }) => at < since);
    const next = answer['next_page_uri'];
    url = !isOver && typeof next === 'string' && next.startsWith('/') ? `${API}${next}` : undefined;
  }
  return found.toReversed();
}

function foundIn(message: Json): Found {
  return { sid: String(message['sid']), at: Date.parse(String(message['date_created'])), message };
}

async function itemOf(
  { sid, message }: Found,
  settings: TwilioSettings,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<PollItem> {
  const files = Number(message['num_media'] ?? 0) > 0;
  const url = messagesUrl(settings).replace(/\.json$/, `/${sid}/Media.json`);
  const media = files ? list((await get(url, settings, ports, signal))['media_list']) : [];
  const listed: Listed = { message, media };
  return { id: sid, raw: new TextEncoder().encode(JSON.stringify(listed)) };
}

/** The parameters that a call for it would have. The list does not know whom WhatsApp calls a user: the number is. */
function asCalled(message: Json, media: readonly Json[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [parameter, field] of [
    ['From', 'from'],
    ['To', 'to'],
    ['Body', 'body'],
  ] as const) {
    const value = message[field];
    if (typeof value === 'string') given.set(parameter, value);
  }
  given.set('NumMedia', String(media.length));
  for (const [at, { uri, content_type: type }] of media.entries()) {
    given.set(`MediaUrl${at}`, `${API}${String(uri).replace(/\.json$/, '')}`);
    given.set(`MediaContentType${at}`, String(type));
  }
  return given;
}

async function get(
  url: string,
  settings: TwilioSettings,
  { http }: ChannelPorts,
  signal: AbortSignal,
): Promise<Json> {
  const headers = { authorization: authorization(settings), accept: 'application/json' };
  const answer = await http.request({ method: 'GET', url, headers }, signal);
  if (answer.status === 200) return jsonOf(answer);
  const error = twilioError(answer.status, Number.NaN, undefined, answer.headers['retry-after']);
  // Nothing is done twice by asking again.
  throw error.code === 'unknown_outcome' ? new ChannelError('unavailable', error.message) : error;
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
