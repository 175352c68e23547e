import type { ReplyEvent } from './calls.js';
import { ForgedError } from './client.errors.js';
import { encode, isSignedBy, keyOf } from './signature.js';

/** Seconds between the desk's clock and yours, either way. */
const TOLERANCE_S = 300;

export interface CallbackRequest {
  /** A `Headers`, or an object of lower-case names as Node's `request.headers` is. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, before anything read it: a body that was parsed and written again has another signature. */
  readonly body: string | Uint8Array;
}

/**
 * The reply in a request to your callback address, once it is sure that the desk sent it. Answer 2xx only after the
 * reply is stored, under `data.id`: it comes again until then, and may come again after.
 *
 * @param secrets of the inbox: one, or the present and the previous one while you change them.
 * @throws ForgedError for what the desk did not sign in the last five minutes. Answer 401.
 */
export async function readCallback(
  { headers, body }: CallbackRequest,
  secrets: string | readonly string[],
  now: Date = new Date(),
): Promise<ReplyEvent> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  );
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) {
    throw new ForgedError('NO_SIGNATURE', 'the request bears no signature');
  }
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_S) {
    throw new ForgedError('STALE', 'the request was signed too long ago, or a clock is wrong');
  }
  const bytes = typeof body === 'string' ? encode(body) : body;
  for (const secret of [secrets].flat()) {
    if (await isSignedBy(await keyOf(secret), signatures, id, timestamp, bytes)) return eventIn(bytes);
  }
  throw new ForgedError('BAD_SIGNATURE', 'the signature is not of this secret');
}

function eventIn(bytes: Uint8Array): ReplyEvent {
  const event = JSON.parse(new TextDecoder().decode(bytes)) as ReplyEvent;
  if (event.type === 'message.created') return event;
  throw new ForgedError('NOT_AN_EVENT', 'a kind of event that this version does not know');
}

function headerOf(headers: CallbackRequest['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
