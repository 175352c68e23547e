import { type CallTurn, type ChannelModule, type InboundEvent } from '@tributary/channel-sdk';
import { createLogger, newId } from '@tributary/runtime';
import { describe, expect, it } from '@jest/globals';
import { HookDoor } from './hook-door.js';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';

const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'voice', name: 'Hotline', settings: {} },
};
const event: InboundEvent = { kind: 'ignored', providerEventId: 'CA1', reason: 'TEST' };
const never = () => new Promise<never>(() => undefined);

/** A door before a channel that people call, with a log and a directory that do as the test says. */
function aDoor({ accept = async () => undefined }: { readonly accept?: () => Promise<unknown> } = {}) {
  const rung: (string | null)[] = [];
  const turns: CallTurn[] = [];
  const directory = { byId: async () => inbox as HostedInbox | undefined };
  const door = new HookDoor({
    channels: [
      {
        manifest: { channel: 'voice', answerWithinMs: 15_000 },
        inbound: {
          kind: 'call',
          verify: () => ({ ok: true }),
          parse: async () => [event],
          answer(turn: CallTurn) {
            turns.push(turn);
            return { status: 200, headers: {}, body: turn.isKept ? 'kept' : 'leave a message' };
          },
        },
      } as unknown as ChannelModule,
    ],
    inboxes: {
      byId: () => directory.byId(),
      ofChannel: async () => [inbox],
    } as unknown as InboxLookup,
    acceptance: {
      async accept() {
        await accept();
        return { messages: 0, receipts: 0, unreadable: 0, changes: 0, ignored: 1 };
      },
    },
    pulls: { ring: (_inbox, notice) => rung.push(notice) },
    sent: { ours: async () => new Set() },
    refused: { count: () => undefined },
    keys: { claim: async () => true },
    publicUrl: 'https://desk.example.org',
    clock: { now: () => new Date(0) },
    logger: createLogger('spec', 'silent'),
  });
  const receive = () =>
    door.receive(inbox.id, {
      method: 'POST',
      path: '/menu',
      headers: {},
      body: Buffer.from('a=1'),
      target: '/hooks/x/menu',
    });
  return { door, directory, rung, turns, receive };
}

describe('the door for callers', () => {
  it('answers what the channel says once the turn is kept', async () => {
    const { receive, turns } = aDoor();
    expect(await receive()).toMatchObject({ status: 200, body: 'kept' });
    expect(turns).toMatchObject([{ isKept: true, now: new Date(0), request: { path: '/menu' } }]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('the log is away'))],
    ['says nothing', never],
  ])('answers a caller also when the log %s, and looks at the provider’s record then', async (_, accept) => {
    const { receive, rung } = aDoor({ accept });
    expect(await receive()).toMatchObject({ status: 200, body: 'leave a message' });
    expect(rung).toEqual([null]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('the database is away'))],
    ['says nothing', never],
  ])('knows its inboxes also when the directory %s', async (_, byId) => {
    const { door, directory, receive } = aDoor();
    await door.start();
    directory.byId = byId;
    expect(await receive()).toMatchObject({ status: 200 });
  });

  it('makes the provider call again where it never knew the inbox and cannot ask', async () => {
    const { directory, receive } = aDoor();
    directory.byId = () => Promise.reject(new Error('the database is away'));
    expect((await receive()).status).toBe(503);
  });

  it('forgets an inbox that was switched off', async () => {
    const { door, directory, receive } = aDoor();
    await door.start();
    directory.byId = async () => undefined;
    expect((await receive()).status).toBe(403);
    directory.byId = () => Promise.reject(new Error('the database is away'));
    expect((await receive()).status).toBe(503);
  });
});
