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

const send = (subject: string) => submitForm(formUrl, { email: 'ann@customers.example', subject, text: 'Hello' });

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
    const seen = await broken.ticket('the first', ({ ticket }) => ticket.subject === 'Before the break');
    broken.close();
    for (let i = 0; i < 20; i += 1) await send(`Missed ${i}`);
    await whole.ticket('the last', ({ ticket, type }) => ticket.subject === 'Missed 19' && type === 'ticket.queued');
    const resumed = await admin.stream(seen.id);
    await send('After the break');
    const isLast = ({ ticket, type }: { ticket: { subject: string }; type: string }) =>
      ticket.subject === 'After the break' && type === 'ticket.queued';
    await Promise.all([whole.ticket('the end', isLast), resumed.ticket('the end', isLast)]);
    const expected = whole.tickets.map(({ id }) => id);
    const got = [...broken.tickets.map(({ id }) => id), ...resumed.tickets.map(({ id }) => id)];
    const upTo = (ids: readonly string[]) => ids.slice(0, ids.indexOf(expected.at(-1)!) + 1);
    // What the broken one had seen after the event that it resumed from comes again: cut there.
    const before = broken.tickets.findIndex(({ id }) => id === seen.id);
    expect(upTo([...got.slice(0, before + 1), ...resumed.tickets.map(({ id }) => id)])).toEqual(expected);
    expect(new Set(resumed.tickets.map(({ id }) => id)).size).toBe(resumed.tickets.length);
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
    const states = (stream: typeof mine) =>
      stream.events.filter(({ kind }) => kind === 'presence').map(({ data }) => (data as { state: string }).state);
    expect(new Set(states(mine))).toEqual(new Set(['busy']));
    expect(new Set(states(theirs))).toEqual(new Set(['available']));
    mine.close();
    theirs.close();
  });
});
