import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@tributary/runtime';
import { aMessage } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { SlaClocks } from './sla-clocks.js';
import { SlaTimer } from './sla-timer.js';

const MINUTE = 60_000;

describe.each([15, 18] as const)('warnings and breaches, on PostgreSQL %i', (version) => {
  let desk: TestDesk;
  let workspace: TestWorkspace;

  beforeAll(async () => {
    desk = await TestDesk.open(version);
  });
  beforeEach(async () => {
    await desk.owner.query('DELETE FROM tickets.sla_timer');
    workspace = await desk.workspace();
    await workspace.promise({ firstReply: 3600, resolution: 7200 });
  });
  afterAll(() => desk.end());

  it('come when they are due, in their order, and each once', async () => {
    await ticket();
    const [timer] = timers();
    for (let minute = 0; minute <= 180; minute += 5) {
      await timer.fire();
      desk.clock.advance(5 * MINUTE);
    }
    expect(await told()).toEqual([
      'first_reply sla.warned 45',
      'first_reply sla.breached 60',
      'resolution sla.warned 90',
      'resolution sla.breached 120',
    ]);
    expect(await workspace.rows('sla_timer', 'due_at')).toEqual([]);
  });

  it('come once while two timers run at once', async () => {
    for (let i = 0; i < 30; i++) await ticket();
    for (let minute = 0; minute <= 135; minute += 15) {
      await Promise.all(timers().flatMap((timer) => [timer.fire(), timer.fire()]));
      desk.clock.advance(15 * MINUTE);
    }
    const counted = Map.groupBy(await told(), (each) => each);
    expect([...counted].map(([each, times]) => [each, times.length])).toEqual([
      ['first_reply sla.warned 45', 30],
      ['first_reply sla.breached 60', 30],
      ['resolution sla.warned 90', 30],
      ['resolution sla.breached 120', 30],
    ]);
  });

  it('do not come after the reply that keeps the promise', async () => {
    await ticket();
    const agent = await workspace.person('Li');
    const ticketId = String((await workspace.tickets())[0]!['id']);
    desk.clock.advance(10 * MINUTE);
    await desk.commands.addMessage(agent, {
      ...{
        ticketId,
        direction: 'outbound',
        text: 'Done',
        uploadIds: [],
        idempotencyKey: newId(),
        setStatus: 'solved',
      },
    });
    desk.clock.advance(200 * MINUTE);
    await timers()[0].fire();
    expect(await told()).toEqual(['first_reply sla.met 10', 'resolution sla.met 10']);
  });

  it('come at once when nobody looked for a day', async () => {
    await ticket();
    desk.clock.advance(24 * 60 * MINUTE);
    await timers()[0].fire();
    expect((await told()).filter((each) => each.includes('breached'))).toEqual([
      'first_reply sla.breached 60',
      'resolution sla.breached 120',
    ]);
  });

  it('skip a ticket that somebody works on, and come when it is free', async () => {
    await ticket();
    desk.clock.advance(50 * MINUTE);
    const release = await desk.holdTickets(workspace.id);
    expect(await timers()[0].fire()).toBe(50);
    expect(await told()).toEqual([]);
    await release();
    await timers()[0].fire();
    expect(await told()).toEqual(['first_reply sla.warned 45']);
  });

  it('come for one workspace when the clocks of another cannot be reckoned', async () => {
    await ticket();
    const broken = await desk.workspace();
    await broken.promise({ firstReply: 60 });
    await desk.receive([aMessage().inInbox(broken.inbox())]);
    await desk.owner.query(`DELETE FROM tickets.business_calendar WHERE workspace_id = $1`, [broken.id]);
    desk.clock.advance(50 * MINUTE);
    expect(await timers()[0].fire()).toBe(5000);
    expect(await told()).toEqual(['first_reply sla.warned 45']);
  });

  it('end a timer whose clock has nothing to do', async () => {
    await ticket();
    const agent = await workspace.person('Li');
    const ticketId = String((await workspace.tickets())[0]!['id']);
    await desk.commands.patch(agent, ticketId, { status: 'solved' }, undefined);
    await desk.owner.query(`INSERT INTO tickets.sla_timer VALUES ($1, $2, '2026-01-01')`, [
      ticketId,
      workspace.id,
    ]);
    expect(await timers()[0].fire()).toBe(5000);
    expect(await workspace.rows('sla_timer', 'due_at')).toEqual([]);
  });

  it('still come for the tickets of a policy that was taken away', async () => {
    await ticket();
    await desk.owner.query(`DELETE FROM tickets.sla_policy WHERE workspace_id = $1`, [workspace.id]);
    desk.clock.advance(50 * MINUTE);
    await timers()[0].fire();
    expect(await told()).toEqual(['first_reply sla.warned 45']);
  });

  it('says when to look again: at the next instant, and at least every five seconds', async () => {
    await ticket();
    const [timer] = timers();
    expect(await timer.fire()).toBe(5000);
    desk.clock.advance(45 * MINUTE - 1234);
    expect(await timer.fire()).toBe(1234);
  });

  const ticket = () => desk.receive([aMessage().inInbox(workspace.inbox())]);
  /** Two replicas. */
  const timers = (): [SlaTimer, SlaTimer] => [
    new SlaTimer(desk.context, new SlaClocks()),
    new SlaTimer(desk.context, new SlaClocks()),
  ];
  /** What the clocks said, with the minute since the ticket began. */
  const told = async (): Promise<string[]> => {
    const [first] = await workspace.tickets();
    const begun = (first!['created_at'] as Date).getTime();
    return (await workspace.rows('event', 'id'))
      .filter(({ type }) => String(type).startsWith('sla.'))
      .map(({ type, changes }) => {
        const { metric, at } = changes as { metric: string; at: string };
        return `${metric} ${String(type)} ${Math.floor((Date.parse(at) - begun) / MINUTE)}`;
      });
  };
});
