import { ChannelError, type ChannelModule, type PollItem, type PollWindow } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { createLogger } from '@tributary/runtime';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import type { PullInbound } from './inbound-events.js';
import type { PollReport } from './poller.js';
import { PullRunner, type PullRunnerParts } from './pull-runner.js';

const inbox: HostedInbox = {
  ...{ id: 'inbox', workspaceId: 'workspace', channel: 'wecom_kf', name: 'Support', settings: {} },
};
const item = (id: string): PollItem => ({ id, raw: Buffer.from(id) });
const window = (cursor: string, ...ids: string[]): PollWindow => ({ items: ids.map(item), cursor });

let runner: PullRunner | undefined;
afterEach(() => runner?.stop());

/** What one pull gives: windows, or a fault. `until` lets the spec hold it open. */
interface Pull {
  readonly steps?: readonly (PollWindow | Error)[];
  readonly until?: Promise<unknown>;
}

/** A runner among strict fakes; what happens is written down in order: `fetch 1 hello`, `accept a`, `save 2`. */
function aRunner(pulls: readonly Pull[], change: Partial<PullRunnerParts> = {}) {
  const story: string[] = [];
  const reports: PollReport[] = [];
  const left = [...pulls];
  let cursor: string | null = null;
  const inbound: Omit<PullInbound, 'verify' | 'answer' | 'notice'> = {
    kind: 'pull',
    async *fetch(_inbox, from, _ports, _signal, notice) {
      story.push(`fetch ${from} ${notice}`);
      const { steps = [], until } = left.shift() ?? {};
      await until;
      for (const step of steps) {
        if (step instanceof Error) throw step;
        yield step;
      }
    },
    parse: async ({ id }) => [{ kind: 'ignored', providerEventId: id, reason: 'spec' }],
  };
  const channel = { manifest: { channel: 'wecom_kf' }, inbound } as unknown as ChannelModule;
  runner = new PullRunner({
    channels: [channel],
    inboxes: { byId: async () => inbox, ofChannel: async () => [inbox] } as unknown as InboxLookup,
    acceptance: {
      async accept(_inbox, raw) {
        story.push(`accept ${Buffer.from(raw).toString()}`);
        return { messages: 1, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
      },
    },
    cursors: {
      load: async () => cursor,
      save: async (_inbox, next) => {
        cursor = next;
        story.push(`save ${next}`);
      },
    },
    leases: { take: async () => true, giveBack: async () => void story.push('free') },
    ports: () => unreachablePorts,
    clock: { now: () => new Date(0) },
    logger: createLogger('spec', 'silent'),
    random: () => 0,
    report: (_inbox, report) => reports.push(report),
    longestWaitMs: { unavailable: 2, badCredentials: 2 },
    leaseWaitMs: 1,
    ...change,
  });
  const times = (what: string) => story.filter((line) => line === what).length;
  return { runner, story, reports, times };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a channel that is called', () => {
  it('is asked for what the calls did not bring, at the start, from its cursor', async () => {
    const { runner: pulls, story } = aRunner([], {
      channels: [
        {
          manifest: { channel: 'wecom_kf' },
          inbound: {
            kind: 'webhook',
            catchUp: {
              async *fetch(_inbox: unknown, from: string | null) {
                story.push(`fetch ${from}`);
                yield window('7', 'missed');
              },
              parse: async ({ id }: PollItem) => [{ kind: 'ignored', providerEventId: id, reason: 'spec' }],
            },
          },
        } as unknown as ChannelModule,
      ],
    });
    pulls.start();
    await until(() => story.includes('free'));
    expect(story).toEqual(['fetch null', 'accept missed', 'save 7', 'free']);
  });

  it('that cannot be asked is left alone', async () => {
    const { runner: pulls, story } = aRunner([], {
      channels: [
        { manifest: { channel: 'wecom_kf' }, inbound: { kind: 'webhook' } } as unknown as ChannelModule,
      ],
    });
    pulls.start();
    await pulls.stop();
    expect(story).toEqual([]);
  });
});

describe('a pull', () => {
  it('appends each window before it stores its cursor, to the end', async () => {
    const { runner, story, reports } = aRunner([{ steps: [window('1', 'a', 'b'), window('2', 'c')] }]);
    runner.ring(inbox, 'hello');
    await until(() => story.includes('free'));
    expect(story).toEqual([
      ...['fetch null hello', 'accept a', 'accept b', 'save 1', 'accept c', 'save 2', 'free'],
    ]);
    expect(reports).toEqual([{ kind: 'received', at: new Date(0), messages: 3 }]);
  });

  it('begins at the stored cursor', async () => {
    const { runner, story, times } = aRunner([{ steps: [window('7', 'a')] }]);
    runner.ring(inbox, 'one');
    await until(() => times('free') === 1);
    runner.ring(inbox, 'two');
    await until(() => times('free') === 2);
    expect(story).toContain('fetch 7 two');
  });

  it('follows once, with the last notice, on however many calls during the one under way', async () => {
    let finish: (value?: unknown) => void = () => undefined;
    const { runner, story, times } = aRunner([{ until: new Promise((resolve) => (finish = resolve)) }]);
    runner.ring(inbox, 'first');
    await until(() => story.length > 0);
    for (const notice of ['second', null, 'third', null]) runner.ring(inbox, notice);
    finish();
    await until(() => times('free') === 2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(story).toEqual(['fetch null first', 'free', 'fetch null third', 'free']);
  });

  it('that fails is tried again with what the call said, and the administrator is told', async () => {
    const away = new ChannelError('unavailable', 'busy');
    const { runner, story, reports, times } = aRunner([{ steps: [window('1', 'a'), away] }, {}]);
    runner.ring(inbox, 'hello');
    await until(() => times('free') === 2);
    expect(story).toEqual([...['fetch null hello', 'accept a', 'save 1', 'free', 'fetch 1 hello', 'free']]);
    expect(reports).toMatchObject([{ kind: 'failed', code: 'unavailable' }, { kind: 'received' }]);
  });

  it('does not store a cursor when the log is away', async () => {
    let tries = 0;
    const { runner, story, times } = aRunner([{ steps: [window('1', 'a')] }, { steps: [window('1', 'a')] }], {
      acceptance: {
        async accept() {
          if (++tries === 1) throw new Error('the log is away');
          return { messages: 1, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
        },
      },
    });
    runner.ring(inbox, null);
    await until(() => times('free') === 2);
    expect(story).toEqual(['fetch null null', 'free', 'fetch null null', 'save 1', 'free']);
  });

  it('waits for the replica that has the inbox', async () => {
    let refusals = 3;
    const { runner, story } = aRunner([], {
      leases: { take: async () => refusals-- <= 0, giveBack: async () => void story.push('free') },
    });
    runner.ring(inbox, 'hello');
    await until(() => story.includes('free'));
    expect([story, refusals]).toEqual([['fetch null hello', 'free'], -1]);
  });

  it('ends after a window when another replica took the inbox', async () => {
    const takes = [true, false];
    const { runner, story } = aRunner([{ steps: [window('1', 'a'), window('2', 'b')] }], {
      leases: { take: async () => takes.shift() ?? false, giveBack: async () => void story.push('free') },
    });
    runner.ring(inbox, null);
    await until(() => story.includes('free'));
    expect(story).toEqual(['fetch null null', 'accept a', 'save 1', 'free']);
  });

  it('of an inbox that was switched off is none', async () => {
    const { runner, story } = aRunner([], {
      inboxes: { byId: async () => undefined } as unknown as InboxLookup,
    });
    runner.ring(inbox, 'hello');
    await runner.stop();
    expect(story).toEqual([]);
  });

  it('of every inbox comes at the start, without a call', async () => {
    const { runner, story } = aRunner([]);
    runner.start();
    await until(() => story.includes('free'));
    expect(story).toEqual(['fetch null null', 'free']);
  });

  it('under way is waited for when the process stops, and none begins after', async () => {
    let finish: (value?: unknown) => void = () => undefined;
    const { runner, story } = aRunner([
      { until: new Promise((resolve) => (finish = resolve)), steps: [window('1', 'a'), window('2', 'b')] },
    ]);
    runner.ring(inbox, null);
    await until(() => story.length > 0);
    const stopped = runner.stop();
    finish();
    await stopped;
    runner.ring(inbox, null);
    expect(story).toEqual(['fetch null null', 'accept a', 'save 1', 'free']);
  });
});
