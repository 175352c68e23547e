import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came of one try to call an address. */
export interface TriedCall {
  /** 0 when nobody answered. */
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface TwilioCall {
  /** As configured, with its fragment of connection overrides. */
  readonly url: string;
  readonly authToken: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Twilio is not of one mind about the port in what it signs; true leaves it out. */
  readonly withoutPort: boolean;
}

/** What `#rc=2&rp=5xx,rt` asks for; without, one more try when nobody could be reached. */
interface Overrides {
  readonly retries: number;
  readonly policy: ReadonlySet<string>;
  readonly readTimeoutMs: number;
  readonly totalMs: number;
}

const PAUSE_MS = 50;

/** Base64 of HMAC-SHA1 over the address and the sorted parameters, by Twilio's page on security. */
export function twilioSignature(
  authToken: string,
  url: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const hmac = createHmac('sha1', authToken).update(url, 'utf8');
  for (const name of Object.keys(parameters).sort()) hmac.update(name + parameters[name], 'utf8');
  return hmac.digest('base64');
}

/**
 * Calls an address until it answers as the overrides want, at most for 15 seconds in all.
 *
 * @returns every try, the last one last.
 */
export async function callBack(call: TwilioCall): Promise<readonly TriedCall[]> {
  const url = new URL(call.url);
  const overrides = overridesOf(url.hash);
  url.hash = '';
  const signed = call.withoutPort ? url.href.replace(/^(https?:\/\/[^/:]+):\d+/, '$1') : url.href;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'user-agent': 'TwilioProxy/1.1',
    'x-twilio-signature': twilioSignature(call.authToken, signed, call.parameters),
    'i-twilio-idempotency-token': randomUUID(),
  };
  const body = new URLSearchParams(call.parameters).toString();
  const until = Date.now() + overrides.totalMs;
  const tried: TriedCall[] = [];
  for (;;) {
    const left = Math.min(until - Date.now(), overrides.readTimeoutMs);
    const { answer, fault } = await post(url, headers, body, Math.max(left, 1));
    tried.push(answer);
    const again = fault !== undefined && (overrides.policy.has('all') || overrides.policy.has(fault));
    if (!again || tried.length > overrides.retries || Date.now() + PAUSE_MS >= until) return tried;
    await sleep(PAUSE_MS);
  }
}

function overridesOf(hash: string): Overrides {
  const given = new URLSearchParams(hash.slice(1));
  const number = (name: string, fallback: number, most: number) =>
    Math.min(Number(given.get(name) ?? fallback), most);
  return {
    retries: number('rc', 1, 5),
    policy: new Set((given.get('rp') ?? 'ct').split(',')),
    readTimeoutMs: number('rt', 15_000, 15_000),
    totalMs: number('tt', 15_000, 15_000),
  };
}

/** @returns the answer, and how Twilio's retry policies call what is wrong with it. */
function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeout: number,
): Promise<{ readonly answer: TriedCall; readonly fault?: string }> {
  return new Promise((resolve) => {
    let isConnected = false;
    const outgoing = request(url, { method: 'POST', headers, agent: false, timeout }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 0;
        const answer = {
          ...{ status, contentType: incoming.headers['content-type'] ?? '' },
          body: Buffer.concat(chunks).toString(),
        };
        resolve(status < 400 ? { answer } : { answer, fault: status < 500 ? '4xx' : '5xx' });
      });
    });
    outgoing.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', ({ message }) =>
      resolve({ answer: { status: 0, contentType: '', body: message }, fault: isConnected ? 'rt' : 'ct' }),
    );
    outgoing.end(body);
  });
}
