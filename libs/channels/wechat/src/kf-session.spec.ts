import type { ChannelInbox, InboundEvent, OutboundDelivery } from '@tributary/channel-sdk';
import { simulatorPorts, type SimulatorPorts, WecomSimulator } from '@tributary/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wecomKf } from './index.js';

const KF = 'wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q';
const ANN = 'wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw';
const settings = {
  corpId: 'ww5823bf96d3bd56c7',
  secret: 'kf-secret-of-nobody',
  openKfIds: [KF],
  callbackToken: 'sesame',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
  welcomeText: '您好，请问有什么可以帮您？',
  endsSession: true,
  endText: '感谢您的来信，再见。',
};
const inbox: ChannelInbox = { id: 'i', name: 'Shop', settings };
const signal = new AbortController().signal;
const { inbound } = wecomKf as { inbound: Extract<typeof wecomKf.inbound, { kind: 'pull' }> };

let now: number;
let simulator: WecomSimulator;
let ports: SimulatorPorts;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:30:00Z');
  const { callbackToken: token, corpId, secret, openKfIds, encodingAesKey } = settings;
  simulator = new WecomSimulator({ corpId, secret, token, encodingAesKey, openKfIds, now: () => now });
  ports = simulatorPorts(new Map([['https://qyapi.weixin.qq.com', await simulator.start()]]), () => now);
});
afterEach(() => simulator.stop());

async function pull(cursor: string | null = null, by = inbox) {
  const events: InboundEvent[] = [];
  let last = cursor;
  for await (const window of inbound.fetch(by, cursor, ports, signal, null)) {
    for (const item of window.items) events.push(...(await inbound.parse(item, by)));
    last = window.cursor;
  }
  return { events, cursor: last };
}

function send(change: Partial<OutboundDelivery> = {}, by = inbox) {
  const delivery: OutboundDelivery = {
    ...{ messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162', attempt: 1, inboxId: 'i', channel: 'wecom_kf' },
    ...{
      conversationId: 'c',
      ticketId: 't',
      ticketNumber: '1042',
      authorName: 'Ada',
      text: '已补发',
      files: [],
    },
    ...{ to: { kind: 'external_userid', value: ANN }, threadToken: 'c1', references: [], ...change },
  };
  return wecomKf.send(delivery, by, ports, signal);
}

const wrote = () => simulator.write(KF, ANN, { msgtype: 'text', text: { content: 'hi' } });
const said = () => simulator.shown.map(({ text }) => text);
const without = (...names: string[]): ChannelInbox => ({
  ...inbox,
  settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name))),
});

describe('a session that an agent answers', () => {
  it('is claimed, so that WeCom gives it to no colleague', async () => {
    wrote();
    await send();
    expect([simulator.stateOf(KF, ANN), said()]).toEqual([1, ['已补发']]);
  });

  it.each([
    ['waits for a colleague', 2, 'waits in WeCom'],
    ['is a colleague’s', 3, '(mei)'],
  ] as const)('that %s is left alone, and the agent is told', async (_, state, words) => {
    wrote();
    simulator.setState(KF, ANN, state, 'mei');
    await expect(send()).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining(words) as unknown,
    });
    expect([simulator.stateOf(KF, ANN), said()]).toEqual([state, []]);
  });

  it('is answered all the same where the application may not ask who has it', async () => {
    wrote();
    const { http } = ports;
    const refusing: SimulatorPorts = {
      ...ports,
      http: {
        request: async (request, abort) =>
          request.url.includes('/service_state/')
            ? { status: 200, headers: {}, body: Buffer.from('{"errcode":48002,"errmsg":"api forbidden"}') }
            : http.request(request, abort),
      },
    };
    ports = refusing;
    await send();
    expect(said()).toEqual(['已补发']);
  });
});

describe('a reply that settles the ticket', () => {
  it('ends the session behind it, with the word at the end', async () => {
    wrote();
    await send({ settles: true });
    expect([simulator.stateOf(KF, ANN), said()]).toEqual([4, ['已补发', '感谢您的来信，再见。']]);
  });

  it('ends it without a word where none is set, and not at all where that is not wanted', async () => {
    wrote();
    await send({ settles: true }, without('endText'));
    expect([simulator.stateOf(KF, ANN), said()]).toEqual([4, ['已补发']]);
    wrote();
    await send({ settles: true, attempt: 2 }, without('endsSession'));
    expect(simulator.stateOf(KF, ANN)).toBe(1);
  });

  it('counts as sent when it is sent again after a crash, and says nothing twice', async () => {
    wrote();
    const first = await send({ settles: true });
    expect(await send({ settles: true })).toEqual(first);
    expect(said()).toEqual(['已补发', '感谢您的来信，再见。']);
  });

  it('is sent, even where the session could not be ended', async () => {
    wrote();
    const { http } = ports;
    ports = {
      ...ports,
      http: {
        request: async (request, abort) =>
          String(request.body).includes('"service_state":4')
            ? { status: 502, headers: {}, body: new Uint8Array() }
            : http.request(request, abort),
      },
    };
    expect(await send({ settles: true })).toMatchObject({ state: 'sent' });
  });

  it('leaves a session open that the customer begins anew', async () => {
    wrote();
    await send({ settles: true });
    wrote();
    await send({ attempt: 2 });
    expect(simulator.stateOf(KF, ANN)).toBe(1);
  });
});

describe('a customer who enters', () => {
  it('is welcomed once', async () => {
    simulator.enter(KF, ANN);
    const { events, cursor } = await pull();
    expect(events).toMatchObject([{ kind: 'activity', activity: 'enter_session' }]);
    await pull(cursor);
    expect(said()).toEqual(['您好，请问有什么可以帮您？']);
  });

  it('is not welcomed where no welcome is set, or 20 seconds have gone', async () => {
    simulator.enter(KF, ANN);
    await pull(null, without('welcomeText'));
    now += 21_000;
    await pull();
    expect(said()).toEqual([]);
  });

  it('is counted when the vendor refuses the welcome, and pulling goes on', async () => {
    simulator.happen(KF, {
      ...{ event_type: 'enter_session', external_userid: ANN, welcome_code: 'used' },
    });
    wrote();
    const { events } = await pull();
    expect(events).toMatchObject([
      { kind: 'activity' },
      { kind: 'message' },
      { kind: 'ignored', reason: 'event_enter_session_unanswered' },
    ]);
  });
});

describe('a customer whose session a colleague ended in WeCom', () => {
  it('gets the word at the end', async () => {
    wrote();
    simulator.endByColleague(KF, ANN, 'mei');
    const { events } = await pull();
    expect(events.at(-1)).toMatchObject({ kind: 'activity', fields: { handOver: 'ended' } });
    expect(said()).toEqual(['感谢您的来信，再见。']);
  });
});
