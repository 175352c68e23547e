import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inWorkspace } from '@tributary/database';
import type { SignedInPerson } from '@tributary/directory';
import { aMessage } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { ChangeFeed, type FeedEvent } from './change-feed.js';
import type { StreamCursor } from './stream-cursor.js';
import { StreamHub } from './stream-hub.js';

/** An open page that writes down what it is sent. */
class Page {
  readonly events: FeedEvent[] = [];
  readonly presence: string[] = [];

  constructor(readonly person: SignedInPerson) {}

  attach(hub: StreamHub, from: StreamCursor): () => void {
    return hub.attach(
      {
        workspaceId: this.person.workspaceId,
        personId: this.person.id,
        send: (event) => void this.events.push(event),
        typing: () => undefined,
        presence: ({ agentId }) => void this.presence.push(agentId),
      },
      from,
    );
  }

  get subjects(): string[] {
    return this.events
      .filter(({ event }) => event.type === 'ticket.created')
      .map(({ event }) => event.ticket.subject);
  }
}

describe('the stream of a workspace’s changes', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let feed: ChangeFeed;
  let hub: StreamHub;
  let person: SignedInPerson;
  const detach: (() => void)[] = [];

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    person = await workspace.person('Li');
    feed = new ChangeFeed(desk.context, desk.lists);
    hub = new StreamHub(desk.context, feed);
    await hub.start();
  });
  afterEach(async () => {
    for (const each of detach.splice(0)) each();
    await hub.stop();
  });
  afterAll(() => desk.end());

  it('pushes each change once, in order, to every page of the workspace', async () => {
    const [first, second] = [await page(), await page()];
    await tickets('a', 'b');
    await tickets('c');
    for (const each of [first, second]) {
      await eventually(() => each.subjects.length === 3);
      expect(each.subjects).toEqual(['a', 'b', 'c']);
    }
  });

  it('pushes nothing of another workspace', async () => {
    const stranger = new Page(await (await desk.workspace()).person('Eve'));
    detach.push(stranger.attach(hub, await feed.head(stranger.person.workspaceId)));
    const ours = await page();
    await tickets('ours');
    await eventually(() => ours.subjects.length === 1);
    expect(stranger.events).toEqual([]);
  });

  it('gives who comes back everything since the last event it had', async () => {
    const before = await page();
    await tickets('a', 'b', 'c');
    await eventually(() => before.subjects.length === 3);
    const had = before.events.findLast(({ event }) => event.ticket.subject === 'a')!;
    const back = await page(had.cursor);
    await eventually(() => back.subjects.length === 2);
    expect(back.subjects).toEqual(['b', 'c']);
  });

  it('brings a page that begins far behind up to date, and sends the others nothing twice', async () => {
    const start = await feed.head(workspace.id);
    const early = await page();
    await tickets(...Array.from({ length: 400 }, (_, i) => `t${i}`));
    await eventually(() => early.subjects.length === 400);
    const late = await page(start);
    await tickets('last');
    await eventually(() => late.subjects.length === 401 && early.subjects.length === 401);
    for (const each of [early, late]) expect(new Set(each.subjects).size).toBe(401);
    expect(late.subjects).toEqual(early.subjects);
  });

  it('leaves no gap for a transaction that began earlier and commits later', async () => {
    await tickets('subject');
    await eventually(headIsPastEverything);
    const watching = await page();
    const held = Promise.withResolvers<void>();
    const wrote = Promise.withResolvers<void>();
    const slow = inWorkspace(desk.context.dataSource, workspace.id, async (manager) => {
      await manager.query(
        `INSERT INTO tickets.event (workspace_id, ticket_id, type, actor, changes, at)
         SELECT $1, id, 'ticket.updated', 'system', '{"slow": true}', now() FROM tickets.ticket WHERE workspace_id = $1`,
        [workspace.id],
      );
      wrote.resolve();
      await held.promise;
    });
    await wrote.promise;
    const before = watching.events.length;
    await tickets('fast');
    // Behind the running transaction the fast one is hidden: sent now, it would be the place to resume from.
    await settle(feed, workspace.id);
    expect(watching.events).toHaveLength(before);
    held.resolve();
    await slow;
    await eventually(() => watching.subjects.includes('fast'));
    const types = watching.events.slice(before).map(({ event }) => event.type);
    expect(types).toEqual(['ticket.updated', 'ticket.created']);
    const cursors = watching.events.map(({ cursor }) => cursor);
    expect(cursors).toEqual(cursors.toSorted((a, b) => Number(a.xid - b.xid || a.id - b.id)));
  });

  it('tells one’s own presence, and nobody else’s', async () => {
    const mine = await page();
    const colleague = new Page(await workspace.person('Mo'));
    detach.push(colleague.attach(hub, await feed.head(workspace.id)));
    await desk.owner.query(`SELECT pg_notify('presence', $1)`, [
      JSON.stringify({ workspaceId: workspace.id, agentId: person.id }),
    ]);
    await eventually(() => mine.presence.length === 1);
    expect(colleague.presence).toEqual([]);
  });

  it('can resume from where it stands, and not from the future or too far behind', async () => {
    await tickets('a');
    const head = await feed.head(workspace.id);
    expect(await feed.canResume(workspace.id, head)).toBe(true);
    expect(await feed.canResume(workspace.id, { xid: head.xid + 1_000_000_000n, id: 0n })).toBe(false);
    await desk.owner.query(
      `INSERT INTO tickets.event (workspace_id, ticket_id, type, actor, changes, at)
       SELECT $1, id, 'ticket.updated', 'system', '{}', now() FROM tickets.ticket, generate_series(1, 5001)
       WHERE workspace_id = $1`,
      [workspace.id],
    );
    expect(await feed.canResume(workspace.id, head)).toBe(false);
    await eventually(headIsPastEverything);
    expect(await feed.canResume(workspace.id, await feed.head(workspace.id))).toBe(true);
  });

  it('sends nothing more to a page that has gone', async () => {
    const [gone, here] = [await page(), await page()];
    detach.shift()!();
    await tickets('a');
    await eventually(() => here.subjects.length === 1);
    expect(gone.events).toEqual([]);
  });

  async function page(from?: StreamCursor): Promise<Page> {
    const opened = new Page(person);
    detach.push(opened.attach(hub, from ?? (await feed.head(workspace.id))));
    return opened;
  }

  /** Any transaction of the server, of another database too, holds the head back while it runs. */
  async function headIsPastEverything(): Promise<boolean> {
    const { events, hidden } = await feed.after(workspace.id, await feed.head(workspace.id));
    return events.length === 0 && !hidden;
  }

  async function tickets(...subjects: string[]): Promise<void> {
    const inbox = workspace.inbox();
    await desk.receive(subjects.map((subject) => aMessage().inInbox(inbox).about(subject)));
  }
});

/** Two readings of the feed: whatever the notification asked the hub to read has been read by then. */
async function settle(feed: ChangeFeed, workspaceId: string): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await feed.after(workspaceId, { xid: 0n, id: 0n });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function eventually(good: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (await good()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come');
}
