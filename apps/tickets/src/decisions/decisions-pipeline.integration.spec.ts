import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { outboundMessages, routingDecisions } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { aChange, aMessage, encoded } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace, told } from '../testing/a-desk.js';

describe('the router’s decisions become the ticket’s state', () => {
  const agentId = newId();
  const queueId = newId();
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let ticketId: string;

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    await desk.receive([aMessage().inInbox(workspace.inbox())]);
    ticketId = String((await workspace.tickets())[0]!['id']);
  });
  afterAll(() => desk.end());

  it('assigns, opens, names the queue and takes the rule’s priority', async () => {
    const decisionId = newId();
    expect(await decide(assigned({ decisionId, priority: 'urgent' }))).toEqual(['done']);
    expect(await ticket()).toMatchObject({
      assignee_id: agentId,
      queue_id: queueId,
      status: 'open',
      priority: 'urgent',
    });
    const [, event] = await workspace.rows('event', 'id');
    expect(event).toMatchObject({ type: 'ticket.assigned', actor: 'router', decision_id: decisionId });
  });

  describe('a caller who waits on the line', () => {
    const from = { kind: 'phone', value: '+14155550123' };

    async function assignCaller(phone: string | null, ...activities: readonly string[]) {
      const inbox = workspace.inbox('voice');
      const acted = activities.map((activity) =>
        aChange(inbox, 'customer.acted', { from, externalId: 'CA1', activity, fields: {} }),
      );
      await desk.receive([aMessage().inInbox(inbox).called('CA1').with({ from }), ...acted]);
      const [called] = (await workspace.tickets()).filter(({ channel }) => channel === 'voice');
      const { id } = await workspace.person('Li');
      await desk.owner.query('UPDATE directory.person SET phone = $2 WHERE id = $1', [id, phone]);
      await decide(assigned({ ticketId: String(called!['id']), agentId: id }));
      return { id, sent: await workspace.outbox(outboundMessages), inbox };
    }

    it('is connected with the agent’s phone', async () => {
      const { id, sent, inbox } = await assignCaller('+14155550199', 'call.queued');
      expect(sent).toMatchObject([
        {
          type: 'call.assigned',
          payload: {
            callId: 'CA1',
            agentId: id,
            agentName: 'Li',
            phone: '+14155550199',
            inboxId: inbox.id,
            from,
          },
        },
      ]);
    });

    it('goes on waiting for an agent who has no phone', async () => {
      expect((await assignCaller(null, 'call.queued')).sent).toEqual([]);
    });

    it.each(['call.abandoned', 'call.callback', 'call.connected', 'call.ended'])(
      'is left alone after %s',
      async (activity) => {
        expect((await assignCaller('+14155550199', 'call.queued', activity)).sent).toEqual([]);
      },
    );
  });

  it('leaves the ticket’s own priority when the rule says none', async () => {
    await decide(assigned());
    expect(await ticket()).toMatchObject({ priority: 'normal' });
  });

  it('puts a ticket into its queue', async () => {
    expect(await decide(queued({ priority: 'high' }))).toEqual(['done']);
    expect(await ticket()).toMatchObject({
      assignee_id: null,
      queue_id: queueId,
      status: 'new',
      priority: 'high',
    });
  });

  it('takes a ticket back from the agent who has it, and from nobody else', async () => {
    await decide(assigned());
    expect(await decide(returned({ agentId: newId() }))).toEqual(['ignored STALE']);
    expect(await decide(returned())).toEqual(['done']);
    expect(await ticket()).toMatchObject({ assignee_id: null, queue_id: queueId });
  });

  it('ignores a decision on a version that has passed', async () => {
    const agent = await workspace.person('Li');
    await desk.commands.patch(agent, ticketId, { priority: 'low' }, undefined);
    expect(await decide(assigned(), queued())).toEqual(['ignored STALE', 'ignored STALE']);
    expect(await ticket()).toMatchObject({ assignee_id: null, queue_id: null, priority: 'low' });
    expect(await decide(assigned({ ticketVersion: 2 }))).toEqual(['done']);
  });

  it('ignores the decision when a person was faster', async () => {
    const agent = await workspace.person('Li');
    await desk.commands.patch(agent, ticketId, { assigneeId: agent.id }, undefined);
    expect(await decide(assigned(), assigned({ ticketVersion: 2 }), queued({ ticketVersion: 2 }))).toEqual([
      'ignored STALE',
      'ignored STALE',
      'ignored STALE',
    ]);
    expect(await ticket()).toMatchObject({ assignee_id: agent.id });
  });

  it('ignores a decision on a settled ticket', async () => {
    const agent = await workspace.person('Li');
    await desk.commands.patch(agent, ticketId, { status: 'solved' }, undefined);
    expect(await decide(assigned({ ticketVersion: 2 }))).toEqual(['ignored STALE']);
  });

  it('applies a decision once, also when it stands twice in one batch', async () => {
    const once = assigned();
    expect(await decide(once, once)).toEqual(['done', 'duplicate']);
    expect(await decide(once)).toEqual(['duplicate']);
    expect(
      (await workspace.rows('event', 'id')).filter(({ type }) => type === 'ticket.assigned'),
    ).toHaveLength(1);
  });

  it('applies the decisions of a batch in their order', async () => {
    expect(await decide(assigned(), returned(), assigned())).toEqual(['done', 'done', 'done']);
    expect(await ticket()).toMatchObject({ assignee_id: agentId });
  });

  it('ignores what is about no ticket of the workspace', async () => {
    const other = await desk.workspace();
    const foreign = encoded(other.id, 'ticket.assigned', { ...decision(), agentId });
    expect(await decide(assigned({ ticketId: newId() }), foreign)).toEqual([
      'ignored UNKNOWN_TICKET',
      'ignored UNKNOWN_TICKET',
    ]);
  });

  it('puts what it cannot read aside and goes on', async () => {
    expect(await decide(Buffer.from('no'), assigned())).toEqual(['quarantined NOT_JSON', 'done']);
  });

  const ticket = async () => (await workspace.tickets())[0];
  const decision = () => ({ decisionId: newId(), ticketId, ticketVersion: 1, queueId });
  const of = (type: string, payload: object) => encoded(workspace.id, type, payload);
  const assigned = (more: object = {}) => of('ticket.assigned', { ...decision(), agentId, ...more });
  const queued = (more: object = {}) => of('ticket.queued', { ...decision(), ...more });
  const returned = (more: object = {}) => of('ticket.returned', { ...decision(), agentId, ...more });
  const decide = async (...values: Buffer[]) =>
    told(await desk.decisions.handle(desk.batch(routingDecisions, values)));
});
