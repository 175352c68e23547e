import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { submitForm } from './system/customer.js';
import { Desk } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(180_000);

let system: RunningSystem;
let admin: Desk;
let formUrl: string;

beforeAll(async () => {
  system = await startSystem();
  admin = await Desk.signIn(system.signInUrl);
  formUrl = (await admin.inboxOf('web_form')).publicAddress ?? '';
});

afterAll(async () => {
  await system?.stop();
});

describe('a sign-in link', () => {
  it('works once, and then says that it did', async () => {
    await expect(Desk.signIn(system.signInUrl)).rejects.toMatchObject({ status: 401, code: 'LINK_EXPIRED' });
  });

  it('of a colleague is made by an administrator alone', async () => {
    const agent = await admin.colleague('wang.lei@example.com');
    expect(agent.session.person.role).toBe('agent');
    await expect(agent.signInLink('lin.yue@example.com')).rejects.toMatchObject({ status: 403 });
  });

  it('opens nothing without it', async () => {
    const response = await fetch(`${system.url}/api/tickets`);
    expect(response.status).toBe(401);
  });
});

describe('presence', () => {
  let german: Desk;

  beforeAll(async () => {
    german = await admin.colleague('tom.becker@example.com');
  });

  afterAll(async () => {
    await german?.leave();
  });

  const problem = (text: string) =>
    submitForm(formUrl, {
      ...{ email: 'uwe@customers.example', name: 'Uwe', type: 'problem' },
      ...{ language: 'de', subject: text, text },
    });

  it('nobody who is offline gets work: it waits in its queue, and the record says whom it waits for', async () => {
    await problem('Der Kessel ist kaputt');
    const row = await admin.ticketWhere(
      'queued',
      (each) => each.subject === 'Der Kessel ist kaputt' && !!each.queue,
    );
    expect(row.assignee).toBeNull();
    expect(row.queue?.name).toBe('Technical');
    const [decision] = await admin.decisions(row.id);
    expect(decision?.outcome).toBe('queued');
    expect(decision?.funnel.at(-1)?.left).toBe(0);
  });

  it('an agent who becomes available gets the waiting work at once', async () => {
    await german.startWork();
    const row = await admin.ticketWhere('assigned', (each) => {
      return each.subject === 'Der Kessel ist kaputt' && each.assignee !== null;
    });
    expect(row.assignee?.id).toBe(german.personId);
    const [decision] = await admin.decisions(row.id);
    expect(decision).toMatchObject({ outcome: 'assigned', cause: 'presence' });
  });

  it('work does not go to an agent who does not speak its language', async () => {
    await submitForm(formUrl, {
      ...{ email: 'li@customers.example', type: 'problem', language: 'zh' },
      ...{ subject: '水壶坏了', text: '打不开' },
    });
    const row = await admin.ticketWhere('queued', (each) => each.subject === '水壶坏了' && !!each.queue);
    expect(row.assignee).toBeNull();
  });

  it('capacity ends: what does not fit waits, and the longest wait ends when a ticket is solved', async () => {
    for (let i = 1; i <= 8; i += 1) await problem(`Problem ${i}`);
    const all = await eventually('eight decisions', async () => {
      const found = (await admin.tickets()).filter(({ subject }) => subject.startsWith('Problem'));
      return found.length === 8 && found.every(({ queue }) => queue !== null) ? found : undefined;
    });
    const held = await german.tickets('mine');
    // A form costs 15 of 100 units, and one ticket was there before.
    expect(held).toHaveLength(6);
    const waiting = all.filter(({ assignee }) => assignee === null);
    expect(waiting).toHaveLength(3);
    await german.change(held[0]!.id, { status: 'solved' });
    const next = await admin.ticketWhere('of the waiting, assigned', (row) => {
      return row.assignee !== null && waiting.some(({ id }) => id === row.id);
    });
    expect(next.assignee?.id).toBe(german.personId);
    expect(next.createdAt).toBe(waiting.map(({ createdAt }) => createdAt).toSorted()[0]);
    const [decision] = await admin.decisions(next.id);
    expect(decision).toMatchObject({ cause: 'capacity_freed', outcome: 'assigned' });
  });
});

describe('why a ticket went where it went', () => {
  it('is recorded with the rule, the requirements, and how many agents each filter left', async () => {
    const agents = await Promise.all(
      ['chen.jing@example.com', 'anna.schmidt@example.com', 'priya.nair@example.com'].map((email) =>
        admin.colleague(email),
      ),
    );
    for (const agent of agents) await agent.startWork();
    await submitForm(formUrl, {
      ...{ email: 'fred@customers.example', language: 'en', subject: 'Money back' },
      text: 'I want a refund for the kettle',
    });
    const row = await admin.ticketWhere('assigned', (each) => {
      return each.subject === 'Money back' && each.assignee !== null;
    });
    const [decision] = await admin.decisions(row.id);
    expect(decision).toMatchObject({
      outcome: 'assigned',
      cause: 'arrival',
      rule: { name: 'Refund by words' },
      queue: { name: 'Refunds' },
      agent: { id: row.assignee?.id, name: row.assignee?.name },
    });
    expect(decision?.requirements.map(({ kind }) => kind).toSorted()).toEqual(['language', 'skill']);
    const left = decision?.funnel.map((step) => step.left) ?? [];
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    // Of six people four serve the queue, three of those are here, two have the skill at its level.
    expect(left.at(-1)).toBe(2);
    const names = decision?.best.map(({ name }) => name).toSorted();
    expect(names).toEqual(['Anna Schmidt', '陈静']);
    expect(decision?.best[0]?.agentId).toBe(row.assignee?.id);
    expect(decision?.tieBreak).not.toBeNull();
    for (const agent of agents) await agent.leave();
  });

  it('a person’s own choice is no decision of the router, and says who chose', async () => {
    await submitForm(formUrl, {
      email: 'mia@customers.example',
      subject: 'By hand',
      text: 'Hello',
      language: 'fr',
    });
    const row = await admin.ticketWhere(
      'queued',
      (each) => each.subject === 'By hand' && each.queue !== null,
    );
    const ticket = await admin.change(row.id, { assigneeId: admin.personId });
    expect(ticket.assignee?.id).toBe(admin.personId);
    const event = ticket.thread.findLast((item) => item.kind === 'event');
    expect(event).toMatchObject({ actor: `agent:${admin.personId}`, decisionId: null });
  });
});
