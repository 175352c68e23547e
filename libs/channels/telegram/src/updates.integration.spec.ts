import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '@tributary/channel-sdk';
import { simulatorPorts, TelegramSimulator } from '@tributary/testing';
import { telegram } from './index.js';

let simulator: TelegramSimulator;
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:00:00Z');
  simulator = await TelegramSimulator.start();
});
afterEach(() => simulator.stop());

/** Takes so many windows, as the host does, from a cursor on; none more are asked for. */
async function take(windows: number, cursor: string | null, receive = 'polling') {
  if (telegram.inbound.kind !== 'webhook') throw new Error('not called');
  const catchUp = telegram.inbound.catchUp!;
  const settings = { botToken: simulator.token, webhookSecret: 'a'.repeat(16), receive };
  const inbox = { id: 'i', name: 'n', settings };
  const ports = simulatorPorts(new Map([['https://api.telegram.org', simulator.origin]]), () => now);
  const events: InboundEvent[] = [];
  let last = cursor;
  let left = windows;
  for await (const window of catchUp.fetch(inbox, cursor, ports, new AbortController().signal)) {
    for (const item of window.items) events.push(...(await catchUp.parse(item, inbox)));
    last = window.cursor;
    if (--left === 0) break;
  }
  return { events, cursor: last };
}
const textsOf = (events: readonly InboundEvent[]) =>
  events.flatMap((event) => (event.kind === 'message' ? [event.text] : []));

describe('updates that are asked for', () => {
  it('come in their order, and again until a later question says that they are kept', async () => {
    const ann = simulator.person('Ann');
    ann.says('one');
    ann.says('two');
    const first = await take(1, null);
    expect(textsOf(first.events)).toEqual(['one', 'two']);
    // The process died before it had stored its cursor.
    const again = await take(1, null);
    expect(again.events.map(({ providerEventId }) => providerEventId)).toEqual(
      first.events.map(({ providerEventId }) => providerEventId),
    );
    expect(simulator.pending).toBe(2);
    ann.says('three');
    const next = await take(1, first.cursor);
    expect([textsOf(next.events), simulator.pending]).toEqual([['three'], 1]);
  });

  it('have the ids of updates that Telegram calls with', async () => {
    simulator.person('Ann').says('one');
    const [event] = (await take(1, null)).events;
    expect(event!.providerEventId).toMatch(/^\d+:\d+$/);
  });

  it('are not asked for where Telegram calls', async () => {
    simulator.person('Ann').says('one');
    expect(await take(1, null, 'webhook')).toEqual({ events: [], cursor: null });
    expect(simulator.pending).toBe(1);
  });

  it('are waited for when there are none, with a window a question, so that the lease goes on', async () => {
    expect(await take(3, null)).toEqual({ events: [], cursor: '0' });
    expect(await take(2, '41')).toEqual({ events: [], cursor: '41' });
  });

  it('are refused while a webhook is set, in words that say what to do', async () => {
    simulator.setWebhook('http://127.0.0.1:9/hooks/i', 'secret');
    await expect(take(1, null)).rejects.toMatchObject({
      ...{ code: 'unavailable', message: expect.stringContaining('has a webhook') },
    });
    simulator.deleteWebhook();
    await expect(take(1, null)).resolves.toBeDefined();
  });
});
