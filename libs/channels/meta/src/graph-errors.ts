import { ChannelError, type ChannelErrorCode, type ChannelResponse } from '@tributary/channel-sdk';
import { cut, type Json, object, parseJson, text } from './json.js';

/**
 * Graph API errors by code, or by code and subcode where that decides. From the error pages of the Messenger Platform
 * and of WhatsApp's Cloud API; a code that is not here is told by the HTTP status.
 */
export const GRAPH_ERRORS: Readonly<Record<string, ChannelErrorCode>> = {
  0: 'bad_credentials',
  1: 'unavailable',
  2: 'unavailable',
  3: 'bad_credentials',
  4: 'rate_limited',
  10: 'bad_credentials',
  // Outside the window: Messenger, Messenger before its policy of 2020, Instagram.
  '10/2018278': 'window_closed',
  '10/2018065': 'window_closed',
  '10/2534022': 'window_closed',
  // The page was barred from sending.
  '10/2018108': 'rejected_permanently',
  17: 'rate_limited',
  32: 'rate_limited',
  33: 'bad_credentials',
  100: 'rejected_permanently',
  102: 'bad_credentials',
  190: 'bad_credentials',
  200: 'bad_credentials',
  // “This person isn’t available right now”: blocked us, or is gone.
  '200/1545041': 'rejected_permanently',
  368: 'rejected_permanently',
  470: 'window_closed',
  551: 'rejected_permanently',
  613: 'rate_limited',
  1200: 'unavailable',
  80001: 'rate_limited',
  80006: 'rate_limited',
  80007: 'rate_limited',
  130429: 'rate_limited',
  130472: 'rejected_permanently',
  130497: 'rejected_permanently',
  131000: 'unavailable',
  131005: 'bad_credentials',
  131008: 'rejected_permanently',
  131009: 'rejected_permanently',
  131016: 'unavailable',
  131021: 'rejected_permanently',
  131026: 'rejected_permanently',
  131030: 'rejected_permanently',
  131031: 'rejected_permanently',
  131037: 'rejected_permanently',
  131042: 'rejected_permanently',
  131045: 'bad_credentials',
  131047: 'window_closed',
  131048: 'rate_limited',
  131049: 'rejected_permanently',
  131050: 'rejected_permanently',
  131051: 'unsupported',
  131052: 'rejected_permanently',
  131053: 'unsupported',
  131056: 'rate_limited',
  131057: 'unavailable',
  133004: 'unavailable',
  133010: 'bad_credentials',
};

/** One recipient gets a message every six seconds when a burst is used up. */
const PAIR_LIMIT = 131056;
const PAIR_WAIT_MS = 6000;

/** What Meta's refusal means for the message. */
export function graphError(response: ChannelResponse): ChannelError {
  const error = object(object(parseJson(response.body)).error);
  const code = codeOf(error, response.status);
  const { message, error_data } = error;
  const details = text(object(error_data).details);
  const told = [text(message), details].filter((part) => part !== undefined).join(' ');
  const number = [text(error.code), text(error.error_subcode)].filter((part) => part !== undefined).join('/');
  const named = number === '' ? `HTTP ${response.status}` : `error ${number}`;
  return new ChannelError(
    code,
    cut(`Meta answered ${named}${told === '' ? '.' : `: ${told}`}`, 500),
    code === 'rate_limited' ? waitMs(error, response) : undefined,
  );
}

function codeOf(error: Json, status: number): ChannelErrorCode {
  const code = text(error.code) ?? '';
  // A token of another app: the proof is made with this app's secret.
  if (code === '100' && /appsecret_proof/.test(text(error.message) ?? '')) return 'bad_credentials';
  const listed = GRAPH_ERRORS[`${code}/${text(error.error_subcode) ?? ''}`] ?? GRAPH_ERRORS[code];
  if (listed !== undefined) return listed;
  // 200 to 299 are permissions that are missing.
  if (/^2\d\d$/.test(code) || status === 401) return 'bad_credentials';
  if (status === 429) return 'rate_limited';
  return status >= 500 || error.is_transient === true ? 'unavailable' : 'rejected_permanently';
}

function waitMs(error: Json, { headers }: ChannelResponse): number | undefined {
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return seconds * 1000;
  return error.code === PAIR_LIMIT ? PAIR_WAIT_MS : undefined;
}
