import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TicketView } from '@tributary/contracts';
import type { SignedInPerson } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import { aMessage, type TestInbox } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { TicketListQuery } from './ticket.dto.js';

describe('the lists of tickets', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let inbox: TestInbox;
  let me: SignedInPerson;
  let colleague: SignedInPerson;

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    inbox = workspace.inbox();
    me = await workspace.person('Me');
    colleague = await workspace.person('Mo');
  });
  afterAll(() => desk.end());

  it('shows each view its own, and counts what it shows', async () => {
    const ids = await tickets('mine', 'theirs', 'free', 'pending', 'held', 'solved', 'theirs solved');
    await patch(ids[0], { assigneeId: me.id });
    await patch(ids[1], { assigneeId: colleague.id });
    await patch(ids[3], { assigneeId: me.id, status: 'pending' });
    await patch(ids[4], { assigneeId: me.id, status: 'on_hold' });
    await patch(ids[5], { assigneeId: me.id, status: 'solved' });
    await patch(ids[6], { assigneeId: colleague.id, status: 'closed' });
    expect(await subjects('mine')).toEqual(['mine']);
    expect(await subjects('team')).toEqual(['mine', 'theirs']);
    expect(await subjects('queue')).toEqual(['free']);
    expect(await subjects('waiting')).toEqual(['pending', 'held']);
    expect((await subjects('solved')).toSorted()).toEqual(['solved', 'theirs solved']);
    expect(await subjects('all')).toHaveLength(7);
    const { views } = await desk.lists.counts(me);
    expect(views).toEqual({ mine: 1, queue: 1, team: 2, waiting: 2, solved: 1 });
  });

  it('counts what waits in each queue, empty queues included', async () => {
    const [queueId, empty] = [newId(), newId()];
    await desk.owner.query(
      `INSERT INTO routing.queue (id, workspace_id, name) VALUES ($1, $3, 'General'), ($2, $3, 'Refunds')`,
      [queueId, empty, workspace.id],
    );
    const [first] = await tickets('a', 'b');
    await desk.owner.query(`UPDATE tickets.ticket SET queue_id = $1 WHERE workspace_id = $2`, [
      queueId,
      workspace.id,
    ]);
    await patch(first, { assigneeId: me.id });
    expect((await desk.lists.counts(me)).queues).toEqual([
      { id: queueId, name: 'General', waiting: 1 },
      { id: empty, name: 'Refunds', waiting: 0 },
    ]);
    expect(await subjects('queue', { queueId })).toEqual(['b']);
  });

  it('puts what is due first first, then the oldest, and what is promised nothing last', async () => {
    const ids = await tickets('no promise', 'later', 'sooner', 'newer without promise');
    await due(ids[1], '2026-11-24T10:00:00Z');
    await due(ids[2], '2026-11-24T09:00:00Z');
    expect(await subjects('queue')).toEqual(['sooner', 'later', 'no promise', 'newer without promise']);
  });

  it.each(['queue', 'all'] as const)(
    'gives every ticket of %s once, page by page, while others arrive',
    async (view) => {
      const ids = await tickets(...Array.from({ length: 23 }, (_, i) => `t${i}`));
      for (const [i, id] of ids.entries())
        if (i % 3 === 0) await due(id, `2026-11-24T09:${10 + (i % 2)}:00Z`);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await desk.lists.page(me, query({ view, limit: 5, ...(cursor ? { cursor } : {}) }));
        seen.push(...page.rows.map(({ subject }) => subject));
        cursor = page.nextCursor ?? undefined;
        if (seen.length === 5 && view === 'all') await tickets('a newcomer');
      } while (cursor);
      expect(seen.toSorted()).toEqual(Array.from({ length: 23 }, (_, i) => `t${i}`).toSorted());
    },
  );

  it.each([
    ['no base64', '%%%'],
    ['no list', Buffer.from('{}').toString('base64url')],
    ['instants that are none', cursorOf('due', '2026-99-99', 'infinity', newId())],
    ['an id that is none', cursorOf('due', 'infinity', '2026-11-24T09:00:00.000Z', "x'; --")],
    ['another order’s key', cursorOf('updated', '2026-11-24T09:00:00.000Z', newId())],
  ])('refuses a cursor with %s', async (_, cursor) => {
    await expect(desk.lists.page(me, query({ view: 'queue', cursor }))).rejects.toMatchObject({
      code: 'BAD_CURSOR',
    });
  });

  it.each(['100%', 'a_b', 'back\\slash', "o'brien"])(
    'finds %s as it is written, not as a pattern',
    async (text) => {
      await tickets(text, 'axb', '1000', 'backslash', 'obrien');
      expect(await subjects('all', { q: text })).toEqual([text]);
    },
  );

  it('finds by subject, text, customer and number', async () => {
    await desk.receive([
      aMessage().inInbox(inbox).from('zoe@example.org', 'Zoë Ünal').about('Lamp').saying('It flickers'),
    ]);
    await tickets('Other');
    for (const q of ['lamp', 'FLICKERS', 'zoë', '#1001'])
      expect(await subjects('all', { q })).toEqual(['Lamp']);
  });

  it('filters by status and channel', async () => {
    const [first] = await tickets('a', 'b');
    await desk.receive([aMessage().inInbox(workspace.inbox('web_form')).about('form')]);
    await patch(first, { status: 'pending' });
    expect(await subjects('all', { status: 'pending' })).toEqual(['a']);
    expect(await subjects('all', { channel: 'web_form' })).toEqual(['form']);
  });

  it('shows no ticket of another workspace', async () => {
    await tickets('ours');
    const stranger = await (await desk.workspace()).person('Eve');
    expect((await desk.lists.page(stranger, query({ view: 'all' }))).rows).toEqual([]);
    expect((await desk.lists.counts(stranger)).views).toMatchObject({ queue: 0 });
  });

  async function tickets(...subjectsOf: string[]): Promise<string[]> {
    for (const subject of subjectsOf) {
      desk.clock.advance(1000);
      await desk.receive([aMessage().inInbox(inbox).about(subject).saying('…')]);
    }
    const rows = await workspace.tickets();
    return rows.slice(-subjectsOf.length).map((row) => String(row['id']));
  }
  const subjects = async (view: TicketView, more: Partial<TicketListQuery> = {}) =>
    (await desk.lists.page(me, query({ view, ...more }))).rows.map(({ subject }) => subject);
  const patch = (id: string | undefined, changes: object) => desk.commands.patch(me, id!, changes, undefined);
  const due = (id: string | undefined, at: string) =>
    desk.owner.query(`UPDATE tickets.ticket SET sla_due_at = $2 WHERE id = $1`, [id, at]);
});

describe('a list among thousands of tickets', () => {
  let desk: TestDesk;
  let me: SignedInPerson;
  const plans: string[] = [];

  beforeAll(async () => {
    desk = await TestDesk.open();
    const workspace = await desk.workspace();
    me = await workspace.person('Me');
    await desk.receive([aMessage().inInbox(workspace.inbox())]);
    await desk.owner.query(MULTIPLY);
    await desk.owner.query('ANALYZE tickets.ticket');
    explainLists(desk.context.dataSource, plans);
  });
  afterAll(() => desk.end());

  it.each([
    ['queue', 'ticket_due'],
    ['all', 'ticket_updated'],
  ] as const)('reads a page of %s in the order of the index %s', async (view, index) => {
    await desk.lists.page(me, query({ view }));
    // What comes in between reads whose rows the role may see, once for the whole statement.
    const scope = '(?: *InitPlan \\d+.*\\n *-> +Result .*\\n)?';
    expect(plans.at(-1)).toMatch(new RegExp(`Limit .*\\n${scope} *-> +Index Scan using ${index} on ticket`));
  });
});

/** The one ticket, some thousand times. */
const MULTIPLY = `
  INSERT INTO tickets.ticket
  SELECT (json_populate_record(t, json_build_object(
    'id', gen_random_uuid(), 'number', t.number + n, 'created_at', t.created_at + n * interval '1 second',
    'updated_at', t.updated_at + n * interval '1 second'))).*
  FROM tickets.ticket t, generate_series(1, 5000) AS n`;

/** Writes the plan of each list down before it is read. */
function explainLists(dataSource: DataSource, plans: string[]): void {
  const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode);
    const ask = runner.query.bind(runner);
    runner.query = async (sql: string, parameters?: never[]) => {
      if (sql.includes('contact_name')) {
        const plan: { 'QUERY PLAN': string }[] = await ask(`EXPLAIN ${sql}`, parameters);
        plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
      }
      return ask(sql, parameters);
    };
    return runner;
  };
}

function query(parts: Partial<TicketListQuery>): TicketListQuery {
  return Object.assign(new TicketListQuery(), { limit: 50, ...parts });
}

function cursorOf(...parts: string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}
