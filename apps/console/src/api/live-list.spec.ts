import { describe, expect, it } from '@jest/globals';
import { aClock, anEventOn, aRow, at } from '../testing/tickets.js';
import {
  applyTicketEvent,
  belongs,
  dropLeft,
  letIn,
  markRead,
  rowsOf,
  type ListReader,
} from './live-list.js';
import type { LiveList } from './tickets.js';

const reader: ListReader = { filter: { view: 'mine' }, personId: 'me', openTicketId: null };
const urgent = (id: string, minutes: number) => aRow(id, { sla: aClock({ dueAt: at(minutes) }) });
const listOf = (...rows: ReturnType<typeof aRow>[]): LiveList => ({
  pages: [{ rows, nextCursor: null }],
  pageParams: [null],
});
const ids = (list: LiveList): string[] => rowsOf(list).map(({ id }) => id);
const waiting = (list: LiveList): string[] => (list.arrivals ?? []).map(({ id }) => id);

describe('a list that is watched', () => {
  it('renews a row where it stands, though it has become more urgent', () => {
    const list = applyTicketEvent(
      listOf(urgent('a', 10), urgent('b', 20)),
      anEventOn({ ...urgent('b', 5), version: 2 }),
      reader,
    );
    expect(ids(list)).toEqual(['a', 'b']);
    expect(rowsOf(list)[1]?.version).toBe(2);
  });

  it('ignores an event that is older than what it shows', () => {
    const before = listOf(aRow('a', { version: 5 }));
    expect(applyTicketEvent(before, anEventOn(aRow('a', { version: 4 })), reader)).toBe(before);
  });

  it('keeps new work waiting when it belongs above something', () => {
    const list = applyTicketEvent(
      listOf(urgent('a', 10), urgent('b', 20)),
      anEventOn(urgent('c', 15)),
      reader,
    );
    expect(ids(list)).toEqual(['a', 'b']);
    expect(waiting(list)).toEqual(['c']);
  });

  it('shows new work at once in an empty list', () => {
    expect(ids(applyTicketEvent(listOf(), anEventOn(urgent('a', 10)), reader))).toEqual(['a']);
  });

  it('shows new work at once at the end, where nothing has to move', () => {
    expect(ids(applyTicketEvent(listOf(urgent('a', 10)), anEventOn(urgent('b', 20)), reader))).toEqual([
      'a',
      'b',
    ]);
  });

  it('does not take the end of the first page for the end of the list', () => {
    const paged: LiveList = { pages: [{ rows: [urgent('a', 10)], nextCursor: 'more' }], pageParams: [null] };
    expect(waiting(applyTicketEvent(paged, anEventOn(urgent('b', 20)), reader))).toEqual(['b']);
  });

  it('counts a new ticket once, however many events it has', () => {
    const once = applyTicketEvent(listOf(urgent('a', 20)), anEventOn(urgent('c', 15)), reader);
    expect(waiting(applyTicketEvent(once, anEventOn({ ...urgent('c', 15), version: 2 }), reader))).toEqual([
      'c',
    ]);
  });

  it('forgets an arrival that a colleague took meanwhile', () => {
    const list = applyTicketEvent(listOf(urgent('a', 20)), anEventOn(urgent('c', 15)), reader);
    const taken = { ...urgent('c', 15), assignee: { id: 'other', name: 'Ann' }, version: 2 };
    expect(waiting(applyTicketEvent(list, anEventOn(taken), reader))).toEqual([]);
  });

  it('leaves a row in its place when a colleague took it', () => {
    const taken = aRow('a', { assignee: { id: 'other', name: 'Ann' }, version: 2 });
    const list = applyTicketEvent(
      listOf(aRow('a'), aRow('b')),
      anEventOn(taken, { actor: 'agent:other' }),
      reader,
    );
    expect(ids(list)).toEqual(['a', 'b']);
  });

  it('takes a row away that the reader closed, unless it stands open', () => {
    const solved = anEventOn(aRow('a', { status: 'solved', version: 2 }), { actor: 'agent:me' });
    expect(ids(applyTicketEvent(listOf(aRow('a'), aRow('b')), solved, reader))).toEqual(['b']);
    expect(
      ids(applyTicketEvent(listOf(aRow('a'), aRow('b')), solved, { ...reader, openTicketId: 'a' })),
    ).toEqual(['a', 'b']);
  });

  it('brings nothing new into a search', () => {
    const search: ListReader = { ...reader, filter: { view: 'mine', q: 'lamp' } };
    expect(ids(applyTicketEvent(listOf(), anEventOn(aRow('a')), search))).toEqual([]);
  });
});

describe('letting the list change', () => {
  it('brings arrivals in by urgency and takes away what left', () => {
    const list = {
      ...listOf(aRow('gone', { status: 'solved' }), urgent('a', 10), urgent('b', 30)),
      arrivals: [urgent('c', 20)],
    };
    const changed = letIn(list, reader);
    expect(ids(changed)).toEqual(['a', 'c', 'b']);
    expect(waiting(changed)).toEqual([]);
  });

  it('leaves an arrival beyond the last loaded row to the next page', () => {
    const list: LiveList = { ...listOf(urgent('a', 10)), arrivals: [urgent('c', 20)] };
    const paged = { ...list, pages: [{ rows: [urgent('a', 10)], nextCursor: 'more' }] };
    expect(ids(letIn(paged, reader))).toEqual(['a']);
  });

  it('keeps the list as it is when nothing left it', () => {
    const list = listOf(aRow('a'));
    expect(dropLeft(list, reader)).toBe(list);
  });
});

describe('a row that was read', () => {
  it('loses its dot', () => {
    expect(rowsOf(markRead(listOf(aRow('a', { unread: true })), 'a'))[0]?.unread).toBe(false);
  });
});

describe('the views', () => {
  const other = { assignee: { id: 'other', name: 'Ann' } };
  it.each([
    ['mine', aRow('a'), true],
    ['mine', aRow('a', other), false],
    ['mine', aRow('a', { status: 'pending' }), false],
    ['waiting', aRow('a', { status: 'on_hold' }), true],
    ['queue', aRow('a', { assignee: null, status: 'new' }), true],
    ['queue', aRow('a'), false],
    ['team', aRow('a', other), true],
    ['solved', aRow('a', { status: 'closed' }), true],
    ['all', aRow('a', { status: 'closed' }), true],
  ] as const)('%s', (view, row, expected) => expect(belongs(row, { view }, 'me')).toBe(expected));

  it('are narrowed by queue', () => {
    expect(belongs(aRow('a', { assignee: null }), { view: 'queue', queueId: 'refunds' }, 'me')).toBe(false);
  });
});
