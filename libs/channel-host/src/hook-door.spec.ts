import type { ChannelModule, InboundEvent, WebhookRequest } from '@tributary/channel-sdk';
import { createLogger, newId } from '@tributary/runtime';
import { describe, expect, it } from '@jest/globals';
import { HookDoor, type HookCall } from './hook-door.js';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';

const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'line', name: 'Bot', settings: {} },
};
const call: HookCall = {
  ...{
    method: 'POST',
    path: '/status',
    headers: {},
    body: Buffer.from('{}'),
    target: '/hooks/x/status?a=1&a=2',
  },
};
const aMessage = (externalId: string): InboundEvent => ({
  ...{ kind: 'message', providerEventId: externalId, externalId, from: { kind: 'k', value: 'v' }, text: '' },
  ...{ thread: { tokens: [], references: [], ticketNumbers: [] }, files: [], automatic: false, fields: {} },
});

interface Behaviour {
  readonly kind?: 'webhook' | 'pull';
  readonly verify?: () => { ok: true } | { ok: false; code: string };
  readonly answer?: () => never;
  readonly events?: readonly InboundEvent[];
  readonly echoes?: boolean;
  readonly keyHeader?: string;
}

/** A door before one channel, both of strict fakes; what happens is written down in order. */
function aDoor({ kind = 'webhook', events = [], echoes = false, keyHeader, ...behaviour }: Behaviour = {}) {
  const story: unknown[] = [];
  const seen: WebhookRequest[] = [];
  const channel = {
    manifest: { channel: 'line', answerWithinMs: 1000, echoes, keyHeader },
    inbound: {
      kind,
      verify: (request: WebhookRequest) => {
        seen.push(request);
        return { ok: true };
      },
      notice: () => 'token',
      parse: async () => events,
      answer: () => ({ status: 202, headers: { 'x-a': 'b' }, body: 'fine' }),
      ...behaviour,
    },
  } as unknown as ChannelModule;
  const door = new HookDoor({
    channels: [channel],
    inboxes: { byId: async (id: string) => (id === inbox.id ? inbox : undefined) } as InboxLookup,
    acceptance: {
      async accept(_inbox, raw, accepted) {
        story.push([Buffer.from(raw).toString(), ...accepted.map((event) => event.kind)]);
        return { messages: 0, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
      },
    },
    pulls: { ring: (_inbox, notice) => story.push(`ring ${notice}`) },
    refused: { count: (_inbox, code) => story.push(`refused ${code}`) },
    sent: { ours: async () => new Set(['ours']) },
    keys: {
      claim: async (_inbox, key) => {
        story.push(`claim ${key}`);
        return key !== 'used';
      },
    },
    publicUrl: 'https://desk.example.org',
    clock: { now: () => new Date(0) },
    logger: createLogger('spec', 'silent'),
  });
  return {
    story,
    seen,
    receive: (change: Partial<HookCall> = {}) => door.receive(inbox.id, { ...call, ...change }),
  };
}

describe('the door', () => {
  it('shows the channel the address that the provider called', async () => {
    const { receive, seen } = aDoor();
    await receive();
    expect(seen).toMatchObject([
      { path: '/status', query: { a: '2' }, url: 'https://desk.example.org/hooks/x/status?a=1&a=2' },
    ]);
  });

  it('answers as the channel does, once all is accepted', async () => {
    const { receive, story } = aDoor({ events: [aMessage('m1'), aMessage('m2')] });
    expect(await receive()).toEqual({ status: 202, headers: { 'x-a': 'b' }, body: 'fine' });
    expect(story).toEqual([['{}', 'message', 'message']]);
  });

  it('keeps the query where the body is empty', async () => {
    const { receive, story } = aDoor({ events: [aMessage('m1')] });
    await receive({ method: 'GET', body: Buffer.of() });
    expect(story).toEqual([['a=1&a=2', 'message']]);
  });

  it('refuses alike what the channel refuses and what makes it fail', async () => {
    const forged = await aDoor({ verify: () => ({ ok: false, code: 'BAD_SIGNATURE' }) }).receive();
    const broken = aDoor({
      verify: () => {
        throw new Error('never thought of that');
      },
    });
    expect([forged.status, await broken.receive(), broken.story]).toEqual([403, forged, []]);
  });

  it('answers 200 to what was accepted when the channel has no answer', async () => {
    const { receive, story } = aDoor({
      answer: () => {
        throw new Error('never thought of that');
      },
    });
    expect((await receive()).status).toBe(200);
    expect(story).toEqual([['{}', 'unreadable']]);
  });

  it('rings for a pull where the call says only that there is something', async () => {
    const { receive, story } = aDoor({ kind: 'pull' });
    expect((await receive()).status).toBe(202);
    expect(story).toEqual(['ring token']);
  });

  it('passes over our own messages that the provider hands back, and over no others', async () => {
    const events = [aMessage('ours'), aMessage('theirs')];
    const [marked, plain] = [aDoor({ events, echoes: true }), aDoor({ events })];
    await Promise.all([marked.receive(), plain.receive()]);
    expect([marked.story, plain.story]).toEqual([
      [['{}', 'ignored', 'message']],
      [['{}', 'message', 'message']],
    ]);
  });

  it('claims the name that a caller gave the call before it is accepted', async () => {
    const { receive, story } = aDoor({ events: [aMessage('m1')], keyHeader: 'webhook-id' });
    expect((await receive({ headers: { 'webhook-id': 'new' } })).status).toBe(202);
    expect(story).toEqual(['claim new', ['{}', 'message']]);
  });

  it('answers 409 to another body under a name that was used, and accepts nothing', async () => {
    const { receive, story } = aDoor({ events: [aMessage('m1')], keyHeader: 'webhook-id' });
    const { status, body } = await receive({ headers: { 'webhook-id': 'used' } });
    expect([status, JSON.parse(body).code, story]).toEqual([409, 'KEY_REUSED', ['claim used']]);
  });

  it('leaves the name free of a call that said nothing', async () => {
    const events: InboundEvent[] = [{ kind: 'ignored', providerEventId: 'i', reason: 'BAD_JSON' }];
    const { receive, story } = aDoor({ events, keyHeader: 'webhook-id' });
    await receive({ headers: { 'webhook-id': 'used' } });
    expect(story).toEqual([['{}', 'ignored']]);
  });
});
