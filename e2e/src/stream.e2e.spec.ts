import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PresenceStreamEvent, TicketStreamEvent } from '@tributary/contracts';
import { submitForm } from './system/customer.js';
import { Desk } from './system/desk.js';
import type { EventStream } from './system/event-stream.js';
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

const send = (subject: string) =>
  submitForm(formUrl, { email: 'ann@customers.example', subject, text: 'Hello' });

const idsUpTo = (stream: EventStream, last: string): readonly string[] => {
  const ids = stream.tickets.map(({ id }) => id);
  return ids.slice(0, ids.indexOf(last) + 1);
};

describe('the event stream', () => {
  it('tells of a new ticket with the ticket itself', async () => {
    const stream = await admin.stream();
    await send('Told live');
    const { data } = await stream.ticket('created', (event) => event.ticket.subject === 'Told live');
    stream.close();
    expect(data).toMatchObject({ type: 'ticket.created', ticket: { status: 'new', channel: 'web_form' } });
  });

  it('resumes after an event with exactly what was missed, in order, none twice', async () => {
    const whole = await admin.stream();
    const broken = await admin.stream();
    await send('Before the break');
    const isQueued = (subject: string) => (event: TicketStreamEvent) =>
      event.ticket.subject === subject && event.type === 'ticket.queued';
    const seen = await broken.ticket('the first', isQueued('Before the break'));
    broken.close();
    for (let i = 1; i <= 20; i += 1) await send(`Missed ${i}`);
    await whole.ticket('the last that was missed', isQueued('Missed 20'));
    const resumed = await admin.stream(seen.id);
    await send('After the break');
    const last = await whole.ticket('the end', isQueued('After the break'));
    await resumed.ticket('the end', isQueued('After the break'));
    const expected = idsUpTo(whole, last.id);
    expect(idsUpTo(resumed, last.id)).toEqual(expected.slice(expected.indexOf(seen.id) + 1));
    expect(new Set(expected).size).toBe(expected.length);
    whole.close();
    resumed.close();
  });

  it('says reset for an event id that it does not know', async () => {
    const stream = await admin.stream('not-an-id');
    await eventually('a reset', async () => stream.events.find(({ kind }) => kind === 'reset'));
    stream.close();
    expect(stream.tickets).toHaveLength(0);
  });

  it('tells each person of their own presence alone', async () => {
    const other = await admin.colleague('priya.nair@example.com');
    const [mine, theirs] = [await admin.stream(), await other.stream()];
    await other.presence('available');
    await eventually('presence', async () => theirs.events.find(({ kind }) => kind === 'presence'));
    await admin.presence('busy');
    await eventually('presence', async () => mine.events.find(({ kind }) => kind === 'presence'));
    const agents = (stream: typeof mine) =>
      new Set(
        stream.events
          .filter(({ kind }) => kind === 'presence')
          .map(({ data }) => (data as PresenceStreamEvent).agentId),
      );
    expect(agents(mine)).toEqual(new Set([admin.personId]));
    expect(agents(theirs)).toEqual(new Set([other.personId]));
    mine.close();
    theirs.close();
  });
});
