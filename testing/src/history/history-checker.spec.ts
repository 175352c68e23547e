import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry, StoredMessage, StoredState, StoredTicket, WorkNote } from './history.js';
import { checkHistory, isSound } from './history-checker.js';

const NOTHING_ELSE = { loads: [], quarantined: [], work: [] };
const CONVERSATIONS = 12;
const MESSAGES = 5;

/** Mulberry32: a seed gives the same numbers in [0, 1) everywhere. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Run {
  readonly history: HistoryEntry[];
  readonly messages: StoredMessage[];
  readonly tickets: StoredTicket[];
}

/** A run in which everything went well, with answers that were lost and messages that were sent again. */
function soundRun(random: () => number): Run {
  const history: HistoryEntry[] = [];
  const messages: StoredMessage[] = [];
  let position = 0;
  const next = Array.from({ length: CONVERSATIONS }, () => 1);
  const open = next.map((_, i) => i);
  while (open.length > 0) {
    const at = Math.floor(random() * open.length);
    const i = open[at]!;
    const n = next[i]!++;
    const id = `${i}-${n}`;
    history.push({ kind: 'invoke', id, conversation: `c${i}`, n });
    messages.push({ id, conversationId: `conversation ${i}`, ticketId: `ticket ${i}`, position: position++ });
    if (random() < 0.3) {
      history.push({ kind: 'info', id, why: 'connection lost' });
      history.push({ kind: 'invoke', id, conversation: `c${i}`, n });
    }
    history.push({ kind: 'ok', id });
    if (n === MESSAGES) open.splice(at, 1);
  }
  const tickets = next.map((_, i) => ticket(`ticket ${i}`, i % 2 === 0 ? 'agent' : null));
  return { history, messages, tickets };
}

function ticket(id: string, agent: string | null): StoredTicket {
  const added = Array(MESSAGES - 1).fill('message.added');
  return {
    id,
    assigneeId: agent,
    events: ['ticket.created', ...added, ...(agent ? ['ticket.assigned'] : [])],
    assignedTo: agent ? [agent] : [],
    routed: true,
    heldBy: agent,
  };
}

function state({ messages, tickets }: Run, loads: StoredState['loads'] = []): StoredState {
  return { ...NOTHING_ELSE, messages, tickets, loads };
}

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed + 1);
const pick = <T>(random: () => number, of: readonly T[]): T => of[Math.floor(random() * of.length)]!;

describe('the history checker', () => {
  it.each(SEEDS)('finds nothing in a sound run (seed %i)', (seed) => {
    const run = soundRun(numbers(seed));
    const report = checkHistory(run.history, state(run, [{ agentId: 'agent', units: 100 }]));
    expect(report.accepted).toBe(CONVERSATIONS * MESSAGES);
    expect(isSound(report)).toBe(true);
  });

  it.each(SEEDS)('finds the one message that is lost (seed %i)', (seed) => {
    const random = numbers(seed);
    const run = soundRun(random);
    const [gone] = run.messages.splice(Math.floor(random() * run.messages.length), 1);
    const report = checkHistory(run.history, state(run));
    expect(report.lost).toEqual([gone!.id]);
    expect(isSound(report)).toBe(false);
  });

  it.each(SEEDS)('finds the one message that is doubled (seed %i)', (seed) => {
    const random = numbers(seed);
    const run = soundRun(random);
    const original = pick(random, run.messages);
    run.messages.push({ ...original, position: run.messages.length });
    expect(checkHistory(run.history, state(run)).doubled).toEqual([original.id]);
  });

  it.each(SEEDS)('finds two messages of a conversation that changed places (seed %i)', (seed) => {
    const random = numbers(seed);
    const run = soundRun(random);
    const first = pick(
      random,
      run.messages.filter(({ id }) => !id.endsWith(`-${MESSAGES}`)),
    );
    const [conversation, n] = first.id.split('-');
    const second = run.messages.find(({ id }) => id === `${conversation}-${Number(n) + 1}`)!;
    const swapped = run.messages.map((message) => {
      if (message === first) return { ...first, position: second.position };
      return message === second ? { ...second, position: first.position } : message;
    });
    const report = checkHistory(run.history, { ...state(run), messages: swapped });
    expect(report.reordered).toContain(`${second.id} < ${first.id}`);
    expect(report.lost).toEqual([]);
  });

  it('lets two messages that were on their way together come in either order', () => {
    const history: HistoryEntry[] = [
      { kind: 'invoke', id: 'a', conversation: 'c', n: 1 },
      { kind: 'invoke', id: 'b', conversation: 'c', n: 2 },
      { kind: 'ok', id: 'a' },
      { kind: 'ok', id: 'b' },
    ];
    const messages = [stored('b', 1), stored('a', 2)];
    expect(checkHistory(history, { messages, tickets: [], ...NOTHING_ELSE }).reordered).toEqual([]);
  });

  it('lets a message without an answer be there once or not at all', () => {
    const history: HistoryEntry[] = [
      { kind: 'invoke', id: 'a', conversation: 'c', n: 1 },
      { kind: 'info', id: 'a', why: 'timeout' },
    ];
    for (const messages of [[], [stored('a', 1)]]) {
      expect(isSound(checkHistory(history, { messages, tickets: [], ...NOTHING_ELSE }))).toBe(true);
    }
    const twice = { messages: [stored('a', 1), stored('a', 2)], tickets: [], ...NOTHING_ELSE };
    expect(checkHistory(history, twice).doubled).toEqual(['a']);
  });

  it('finds a message that was refused, and one that nobody sent', () => {
    const history: HistoryEntry[] = [
      { kind: 'invoke', id: 'a', conversation: 'c', n: 1 },
      { kind: 'fail', id: 'a', why: '400' },
    ];
    const messages = [stored('a', 1), stored('ghost', 2)];
    expect(checkHistory(history, { messages, tickets: [], ...NOTHING_ELSE }).foreign).toEqual(['a', 'ghost']);
  });

  it('finds a conversation that became two tickets', () => {
    const run = soundRun(numbers(1));
    const [first, ...others] = run.messages;
    const messages = [{ ...first!, ticketId: 'another' }, ...others];
    const report = checkHistory(run.history, { ...state(run), messages });
    expect(report.split).toEqual([`c${first!.id.split('-')[0]}`]);
  });

  it.each<[string, Partial<StoredTicket>]>([
    ['without its beginning', { events: Array.from({ length: MESSAGES }, () => 'message.added') }],
    ['with a message told twice', { events: ['ticket.created', ...Array(MESSAGES).fill('message.added')] }],
    [
      'begun twice',
      { events: ['ticket.created', 'ticket.created', ...Array(MESSAGES - 1).fill('message.added')] },
    ],
  ])('finds a history %s', (_name, broken) => {
    const run = soundRun(numbers(2));
    run.tickets[1] = { ...run.tickets[1]!, ...broken };
    expect(checkHistory(run.history, state(run)).history).toEqual(['ticket 1']);
  });

  it.each<[string, Partial<StoredTicket>]>([
    ['that nobody routed', { routed: false }],
    ['given to two agents', { assignedTo: ['agent', 'other'] }],
    ['of which the router says that another has it', { heldBy: 'other' }],
    ['of which the router says that nobody has it', { heldBy: null }],
    ['that has an agent whom nobody chose', { assignedTo: [] }],
  ])('finds a ticket %s', (_name, broken) => {
    const run = soundRun(numbers(3));
    run.tickets[0] = { ...run.tickets[0]!, ...broken };
    expect(checkHistory(run.history, state(run)).assignment).toEqual(['ticket 0']);
  });

  it('finds a ticket that was given away while somebody had it', () => {
    const run = soundRun(numbers(5));
    run.tickets[0] = { ...run.tickets[0]!, assignedTo: ['agent', 'agent'] };
    expect(checkHistory(run.history, state(run)).assignedTwice).toEqual(['ticket 0']);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['finds nothing in poison that is kept as it came', ['aa'], []],
    ['finds poison that is gone', [], ['p']],
    ['finds poison that is there twice', ['aa', 'aa'], ['p']],
    ['finds poison with other bytes', ['bb'], ['p', 'bytes bb']],
    ['finds what is in quarantine and was no poison', ['aa', 'cc'], ['bytes cc']],
  ])('%s', (_name, quarantined, found) => {
    const history: HistoryEntry[] = [{ kind: 'poison', id: 'p', sha256: 'aa' }];
    expect(
      checkHistory(history, { ...NOTHING_ELSE, messages: [], tickets: [], quarantined }).quarantine,
    ).toEqual(found);
  });

  it('finds a batch that was applied after the next owner of its partition had begun', () => {
    const found = fencedOf([
      note('begun', 'old', 1, 10),
      note('begun', 'new', 2, 20),
      note('applied', 'new', 2, 30),
      note('applied', 'old', 1, 40),
    ]);
    expect(found).toEqual(['tickets inbound/3 by old of epoch 1']);
  });

  it('lets an owner apply what it began before the next one begins, and the next one after it', () => {
    const found = fencedOf([
      note('applied', 'new', 2, 40),
      note('begun', 'new', 2, 30),
      note('applied', 'old', 1, 20),
      note('begun', 'old', 1, 10),
    ]);
    expect(found).toEqual([]);
  });

  it('does not mix up partitions: an epoch says nothing of another one', () => {
    const elsewhere = { ...note('begun', 'new', 2, 20), place: 'tickets inbound/4' };
    expect(fencedOf([note('begun', 'old', 1, 10), elsewhere, note('applied', 'old', 1, 30)])).toEqual([]);
  });

  it('finds an agent who carries more than 100 units', () => {
    const run = soundRun(numbers(4));
    const loads = [
      { agentId: 'full', units: 100 },
      { agentId: 'over', units: 105 },
    ];
    expect(checkHistory(run.history, state(run, loads)).overloaded).toEqual(['over']);
  });
});

function stored(id: string, position: number): StoredMessage {
  return { id, conversationId: 'conversation', ticketId: 'ticket', position };
}

function note(kind: WorkNote['kind'], member: string, epoch: number, at: number): WorkNote {
  return { kind, place: 'tickets inbound/3', epoch, member, at };
}

function fencedOf(work: readonly WorkNote[]): readonly string[] {
  return checkHistory([], { ...NOTHING_ELSE, messages: [], tickets: [], work }).fenced;
}
