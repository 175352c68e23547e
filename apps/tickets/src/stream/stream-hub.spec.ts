import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';
import type { ChangeFeed, FeedEvent } from './change-feed.js';
import type { StreamCursor } from './stream-cursor.js';
import { StreamHub } from './stream-hub.js';

const at = (id: bigint): StreamCursor => ({ xid: 1n, id });

/** A history of ten events that is read when the test says so, at most `page` events a reading. */
class HeldFeed {
  readonly waiting: (() => void)[] = [];

  constructor(private readonly page = 100) {}

  async after(_workspaceId: string, cursor: StreamCursor) {
    const left = Array.from({ length: 10 }, (_, i) => BigInt(i + 1)).filter((id) => id > cursor.id);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    const events = left.slice(0, this.page).map((id) => ({ cursor: at(id) }) as FeedEvent);
    return { events, hidden: false, full: events.length === this.page };
  }

  async read(): Promise<void> {
    this.waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function hubOn(feed: HeldFeed): StreamHub {
  const context = { logger: createLogger('spec', 'silent') } as ServiceContext;
  return new StreamHub(context, feed as unknown as ChangeFeed);
}

function attach(hub: StreamHub, from: bigint): { readonly got: number[]; readonly detach: () => void } {
  const got: number[] = [];
  const send = ({ cursor }: FeedEvent) => void got.push(Number(cursor.id));
  const detach = hub.attach(
    { workspaceId: 'w', personId: 'p', send, presence: () => undefined, typing: () => undefined },
    at(from),
  );
  return { got, detach };
}

describe('pages that come and go while the history is read', () => {
  it('skip nothing when they come further behind than what is being read', async () => {
    const feed = new HeldFeed();
    const hub = hubOn(feed);
    const early = attach(hub, 7n);
    const late = attach(hub, 4n);
    for (let i = 0; i < 5; i++) await feed.read();
    expect(early.got).toEqual([8, 9, 10]);
    expect(late.got).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it('get everything page by page, also where two stand at different places', async () => {
    const feed = new HeldFeed(2);
    const hub = hubOn(feed);
    const first = attach(hub, 0n);
    await feed.read();
    const second = attach(hub, 1n);
    for (let i = 0; i < 12; i++) await feed.read();
    expect(first.got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(second.got).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('are not asked for any more once the last has gone', async () => {
    const feed = new HeldFeed(1);
    const hub = hubOn(feed);
    const { detach } = attach(hub, 0n);
    detach();
    await feed.read();
    expect(feed.waiting).toEqual([]);
  });

  it('are served anew when one comes back after the last had gone, whoever says goodbye twice', async () => {
    const feed = new HeldFeed();
    const hub = hubOn(feed);
    const gone = attach(hub, 0n);
    gone.detach();
    const back = attach(hub, 8n);
    gone.detach();
    for (let i = 0; i < 4; i++) await feed.read();
    expect(back.got).toEqual([9, 10]);
    expect(gone.got).toEqual([]);
  });
});
