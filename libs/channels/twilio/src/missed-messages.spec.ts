import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelModule, InboundEvent } from '@tributary/channel-sdk';
import { simulatorPorts, TwilioSimulator } from '@tributary/testing';
import { sms, whatsapp } from './index.js';

const OURS = '+14155550100';
const THEIRS = '+14155550123';
const MINUTE = 60_000;

let twilio: TwilioSimulator;
let now: number;
/** What the host would have stored. */
let cursor: string | null;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:00:00Z');
  cursor = null;
  twilio = await TwilioSimulator.start();
  twilio.setClock(() => new Date(now));
  for (const number of [OURS, `whatsapp:${OURS}`]) twilio.assign(number, 'http://127.0.0.1:9/hooks/i#rc=0');
});
afterEach(() => twilio.stop());

const inbox = () => {
  const { sid: accountSid, authToken } = twilio.account;
  return { id: 'i', name: 'n', settings: { accountSid, authToken, sender: OURS } };
};
const writes = async (body: string, change: Partial<Parameters<TwilioSimulator['write']>[0]> = {}) => {
  const { sid } = await twilio.write({ from: THEIRS, to: OURS, body, ...change });
  return sid;
};

/** One pull, as the host does it. */
async function pull(channel: ChannelModule = sms): Promise<InboundEvent[]> {
  if (channel.inbound.kind !== 'webhook') throw new Error('not called');
  const catchUp = channel.inbound.catchUp!;
  const ports = simulatorPorts(new Map([['https://api.twilio.com', twilio.origin]]), () => now);
  const events: InboundEvent[] = [];
  for await (const window of catchUp.fetch(inbox(), cursor, ports, new AbortController().signal)) {
    for (const item of window.items) events.push(...(await catchUp.parse(item, inbox())));
    cursor = window.cursor;
  }
  return events;
}
const textsOf = (events: readonly InboundEvent[]) =>
  events.map((event) => (event.kind === 'message' ? event.text : event.kind));

describe('what Twilio could not hand over', () => {
  it('is fetched in its order, under the ids of the calls, and once', async () => {
    await pull();
    now += MINUTE;
    const first = await writes('first');
    now += MINUTE;
    await writes('second');
    now += 60 * MINUTE;
    const events = await pull();
    expect(textsOf(events)).toEqual(['first', 'second']);
    expect(events[0]).toMatchObject({
      ...{ kind: 'message', providerEventId: first, externalId: first, to: OURS },
      from: { kind: 'phone', value: THEIRS },
    });
    expect(await pull()).toEqual([]);
    now += MINUTE;
    await writes('third');
    now += 2 * MINUTE;
    expect(textsOf(await pull())).toEqual(['third']);
  });

  it('is not fetched of the time before the inbox was there', async () => {
    await writes('old');
    now += 5 * MINUTE;
    expect(await pull()).toEqual([]);
    expect(await pull()).toEqual([]);
  });

  it('is left to Twilio’s own call while it is young, and fetched later', async () => {
    await pull();
    now += MINUTE;
    await writes('young');
    now += 30_000;
    expect(await pull()).toEqual([]);
    now += MINUTE;
    expect(textsOf(await pull())).toEqual(['young']);
  });

  it('of the same second is all fetched, however late the list shows one', async () => {
    await pull();
    now += 5 * MINUTE;
    await writes('one');
    await writes('two');
    now += 2 * MINUTE;
    expect(textsOf(await pull())).toEqual(['one', 'two']);
    now -= 2 * MINUTE;
    await writes('three');
    now += 3 * MINUTE;
    expect(textsOf(await pull())).toEqual(['three']);
  });

  it('is fetched over all pages, oldest first', async () => {
    await pull();
    now += MINUTE;
    const texts = Array.from({ length: 130 }, (_, i) => `text ${i}`);
    for (const text of texts) {
      now += 1000;
      await writes(text);
    }
    now += 10 * MINUTE;
    expect(textsOf(await pull())).toEqual(texts);
  });

  it('has its files, and is of this inbox’s number and medium alone', async () => {
    await pull();
    now += MINUTE;
    const sid = await writes('see', { files: [{ contentType: 'image/png', content: Uint8Array.of(1) }] });
    await writes('elsewhere', { to: `whatsapp:${OURS}` });
    now += 5 * MINUTE;
    const [event, ...others] = await pull();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ media: [{ contentType: 'image/png' }] });
    expect(event!.kind === 'message' && event!.media![0]!.id).toMatch(
      new RegExp(`^https://api\\.twilio\\.com/2010-04-01/Accounts/AC\\w+/Messages/${sid}/Media/ME\\w+$`),
    );
    cursor = JSON.stringify({ at: now - 10 * MINUTE, seen: [] });
    expect(textsOf(await pull(whatsapp))).toEqual(['elsewhere']);
  });

  it('ends the customer’s consent as the call would have', async () => {
    await pull();
    now += MINUTE;
    const sid = await writes('STOP');
    now += 5 * MINUTE;
    expect(await pull()).toMatchObject([
      { kind: 'consent', providerEventId: `${sid}:consent`, consent: 'withdrawn' },
    ]);
  });
});
