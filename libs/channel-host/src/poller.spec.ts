import { ChannelError, type InboundEvent, type PollItem, type PollWindow } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { createLogger } from '@tributary/runtime';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CursorStore } from './cursor-store.js';
import type { HostedInbox } from './hosted-inbox.js';
import { Poller, type PollerParts, type PollReport } from './poller.js';

const inbox: HostedInbox = {
  id: 'inbox',
  workspaceId: 'workspace',
  channel: 'email',
  name: 'Support',
  settings: {},
};

/** What happened, in order: `fetch null`, `accept a`, `save 1` ... */
let story: string[] = [];
let poller: Poller | undefined;
afterEach(() => poller?.stop());

const item = (id: string): PollItem => ({ id, raw: Buffer.from(id) });
const window = (cursor: string, ...ids: string[]): PollWindow => ({ items: ids.map(item), cursor });

class MemoryCursors implements CursorStore {
  cursor: string | null = null;
  async load(): Promise<string | null> {
    return this.cursor;
  }
  async save(_inbox: HostedInbox, cursor: string): Promise<void> {
    this.cursor = cursor;
    story.push(`save ${cursor}`);
  }
}

/** One entry a session: windows, then either an error or waiting until it is stopped. */
type Session = readonly (PollWindow | Error)[];

function startPoller(sessions: readonly Session[], change: Partial<PollerParts> = {}) {
  story = [];
  const reports: PollReport[] = [];
  const cursors = new MemoryCursors();
  const left = [...sessions];
  poller = new Poller({
    inbound: {
      kind: 'poll',
      async *fetch(_inbox, cursor, _ports, signal) {
        story.push(`fetch ${cursor}`);
        for (const step of left.shift() ?? []) {
          if (step instanceof Error) throw step;
          yield step;
        }
        if (left.length === 0) await stopped(signal);
      },
      async parse({ id }): Promise<readonly InboundEvent[]> {
        if (id === 'poison') throw new Error('never thought of that');
        return [{ kind: 'ignored', providerEventId: id, reason: 'spec' }];
      },
    },
    acceptance: {
      async accept(_inbox, raw, events) {
        story.push(
          `accept ${Buffer.from(raw).toString()}${events[0]?.kind === 'unreadable' ? ' unreadable' : ''}`,
        );
        return { messages: 1, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
      },
    },
    cursors,
    ports: () => unreachablePorts,
    clock: { now: () => new Date(0) },
    logger: createLogger('spec', 'silent'),
    random: () => 0,
    report: (_inbox, report) => reports.push(report),
    longestWaitMs: { unavailable: 2, badCredentials: 2 },
    ...change,
  });
  return { poller, reports, cursors };
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a poller', () => {
  it('appends a window in its order, stores its cursor, and only then asks for the next', async () => {
    const { poller } = startPoller([[window('1', 'a', 'b'), window('2', 'c')]]);
    await poller.watch(inbox);
    await until(() => story.includes('save 2'));
    expect(story).toEqual(['fetch null', 'accept a', 'accept b', 'save 1', 'accept c', 'save 2']);
  });

  it('reads from the stored cursor on', async () => {
    const { poller, cursors } = startPoller([[window('8', 'a')]]);
    cursors.cursor = '7';
    await poller.watch(inbox);
    await until(() => story.includes('save 8'));
    expect(story[0]).toBe('fetch 7');
  });

  it('reads a window again when its cursor was not stored', async () => {
    const { poller, cursors } = startPoller([[window('1', 'a')], [window('1', 'a')]]);
    const save = cursors.save.bind(cursors);
    cursors.save = async () => {
      cursors.save = save;
      throw new Error('the database is away');
    };
    await poller.watch(inbox);
    await until(() => story.includes('save 1'));
    expect(story).toEqual(['fetch null', 'accept a', 'fetch null', 'accept a', 'save 1']);
  });

  it('leaves the cursor and comes again when the log is away', async () => {
    let attempts = 0;
    const { poller, reports } = startPoller([[window('1', 'a')], [window('1', 'a')]], {
      acceptance: {
        async accept() {
          if (attempts++ === 0) throw Object.assign(new Error('no log'), { code: 'LOG_UNAVAILABLE' });
          return { messages: 1, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
        },
      },
    });
    await poller.watch(inbox);
    await until(() => story.includes('save 1'));
    expect(story).toEqual(['fetch null', 'fetch null', 'save 1']);
    expect(reports[0]).toMatchObject({ kind: 'failed', code: 'LOG_UNAVAILABLE' });
  });

  it('makes an unreadable event of what the channel fails on, and goes on', async () => {
    const { poller } = startPoller([[window('1', 'a', 'poison', 'b')]]);
    await poller.watch(inbox);
    await until(() => story.includes('save 1'));
    expect(story).toEqual(['fetch null', 'accept a', 'accept poison unreadable', 'accept b', 'save 1']);
  });

  it('opens a new session behind the last window when the connection is lost', async () => {
    const { poller } = startPoller([
      [window('1', 'a'), new ChannelError('unavailable', 'kicked')],
      [window('2', 'b')],
    ]);
    await poller.watch(inbox);
    await until(() => story.includes('save 2'));
    expect(story).toEqual(['fetch null', 'accept a', 'save 1', 'fetch 1', 'accept b', 'save 2']);
  });

  it('reports what it received and why it failed', async () => {
    const { poller, reports } = startPoller([
      [window('1', 'a', 'b'), new ChannelError('bad_credentials', 'wrong password')],
      [],
    ]);
    await poller.watch(inbox);
    await until(() => reports.length === 2);
    expect(reports).toEqual([
      { kind: 'received', at: new Date(0), messages: 2 },
      { kind: 'failed', at: new Date(0), code: 'bad_credentials', detail: 'wrong password', waitMs: 1 },
    ]);
  });

  it('lets an inbox alone that has nothing to poll', async () => {
    const { poller, reports } = startPoller([
      [new ChannelError('unsupported', 'no IMAP')],
      [window('1', 'a')],
    ]);
    await poller.watch(inbox);
    await until(() => reports.length === 1);
    await poller.stop();
    expect(reports).toEqual([{ kind: 'nothing_to_poll', at: new Date(0) }]);
    expect(story).toEqual(['fetch null']);
  });

  it('has one session an inbox, with the settings it was given last', async () => {
    const { poller } = startPoller([[window('1', 'a')], [window('2', 'b')]]);
    await poller.watch(inbox);
    await until(() => story.includes('save 1'));
    await poller.watch({ ...inbox, name: 'renamed' });
    await until(() => story.includes('save 2'));
    expect(story.filter((step) => step.startsWith('fetch'))).toEqual(['fetch null', 'fetch 1']);
  });

  it('ends when it is stopped, after the append that has begun', async () => {
    let finish: () => void = () => undefined;
    const appending = new Promise<void>((resolve) => (finish = resolve));
    const { poller } = startPoller([[window('1', 'a'), window('2', 'b')]], {
      acceptance: {
        async accept() {
          story.push('accept');
          await appending;
          return { messages: 1, receipts: 0, unreadable: 0, changes: 0, ignored: 0 };
        },
      },
    });
    await poller.watch(inbox);
    await until(() => story.includes('accept'));
    const ending = poller.stop();
    finish();
    await ending;
    expect(story).toEqual(['fetch null', 'accept', 'save 1']);
  });

  it('tries at once, when it is asked to, what it would have let rest for long', async () => {
    const { poller, reports } = startPoller([[new ChannelError('unavailable', 'down')], [window('1', 'a')]], {
      longestWaitMs: { unavailable: 600_000, badCredentials: 600_000 },
      random: () => 0.999,
    });
    await poller.watch(inbox);
    await until(() => reports.length === 1);
    await until(() => {
      poller.retry(inbox.id);
      return story.includes('save 1');
    });
    expect(story).toEqual(['fetch null', 'fetch null', 'accept a', 'save 1']);
  });

  it('ends at once while it waits to try again', async () => {
    const { poller, reports } = startPoller([[new ChannelError('unavailable', 'down')], []], {
      longestWaitMs: { unavailable: 600_000, badCredentials: 600_000 },
      random: () => 0.999,
    });
    await poller.watch(inbox);
    await until(() => reports.length === 1);
    await poller.stop();
    expect(story).toEqual(['fetch null']);
  });
});
