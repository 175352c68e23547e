import type { HistoryEntry, StoredMessage, StoredState, WorkNote } from './history.js';

/** What contradicts the promise. Each entry names the thing, so that its log can be looked at. */
export interface HistoryReport {
  /** Messages that were answered with success. */
  readonly accepted: number;
  /** Accepted, and not stored. */
  readonly lost: readonly string[];
  /** Stored more than once. */
  readonly doubled: readonly string[];
  /** Stored before one that was accepted before they were sent: `later < earlier`. */
  readonly reordered: readonly string[];
  /** Stored though refused, or never sent. */
  readonly foreign: readonly string[];
  /** Conversations of the customer that became several of ours, or several tickets. */
  readonly split: readonly string[];
  /** Tickets whose history does not have each thing once. */
  readonly history: readonly string[];
  /** Poison that is not in quarantine exactly once with its bytes, and what is there and was no poison. */
  readonly quarantine: readonly string[];
  /** Tickets that were given to somebody while somebody had them. */
  readonly assignedTwice: readonly string[];
  /** Batches that were applied by a process after a later owner of their partition had begun: where, and by whom. */
  readonly fenced: readonly string[];
  /** Tickets that nobody routed, or of which router and book of record say different things. */
  readonly assignment: readonly string[];
  /** Agents who carry more than they can. */
  readonly overloaded: readonly string[];
}

interface Sent {
  readonly conversation: string;
  readonly n: number;
  /** Index in the history of the first invocation; later ones may follow. */
  readonly invokedAt: number;
  okAt: number | undefined;
  failed: boolean;
}

const CAPACITY = 100;

/** Compares what a generator knew with what is stored. Pure: the same history and state give the same report. */
export function checkHistory(history: readonly HistoryEntry[], state: StoredState): HistoryReport {
  const sent = readHistory(history);
  const stored = Map.groupBy(state.messages, ({ id }) => id);
  const ids = [...sent.keys()];
  const accepted = ids.filter((id) => sent.get(id)!.okAt !== undefined);
  return {
    accepted: accepted.length,
    lost: accepted.filter((id) => !stored.has(id)),
    doubled: [...stored].filter(([, copies]) => copies.length > 1).map(([id]) => id),
    reordered: reordered(sent, stored),
    foreign: [...stored.keys()].filter((id) => sent.get(id)?.failed ?? true),
    split: split(sent, stored),
    history: brokenHistories(state),
    quarantine: brokenQuarantine(history, state.quarantined),
    assignedTwice: state.tickets.filter(({ assignedTo }) => assignedTo.length > 1).map(({ id }) => id),
    fenced: appliedWhenFenced(state.work),
    assignment: brokenAssignments(state),
    overloaded: state.loads.filter(({ units }) => units > CAPACITY).map(({ agentId }) => agentId),
  };
}

export function isSound(report: HistoryReport): boolean {
  const { accepted: _, ...violations } = report;
  return Object.values(violations).every((found) => found.length === 0);
}

function readHistory(history: readonly HistoryEntry[]): ReadonlyMap<string, Sent> {
  const sent = new Map<string, Sent>();
  history.forEach((entry, at) => {
    if (entry.kind === 'poison') return;
    const known = sent.get(entry.id);
    if (entry.kind === 'invoke') {
      const { conversation, n } = entry;
      if (!known) sent.set(entry.id, { conversation, n, invokedAt: at, okAt: undefined, failed: false });
      return;
    }
    if (!known) throw new Error(`${entry.id} was answered before it was sent`);
    if (entry.kind === 'ok') known.okAt ??= at;
    if (entry.kind === 'fail') known.failed = true;
  });
  return sent;
}

/** Only what was accepted before the other was sent has an order: two that were on their way together have none. */
function reordered(
  sent: ReadonlyMap<string, Sent>,
  stored: ReadonlyMap<string, readonly StoredMessage[]>,
): readonly string[] {
  const found: string[] = [];
  const conversations = Map.groupBy(sent, ([, { conversation }]) => conversation);
  for (const messages of conversations.values()) {
    for (const [earlier, { okAt }] of messages) {
      const before = stored.get(earlier)?.[0];
      if (okAt === undefined || !before) continue;
      for (const [later, { invokedAt }] of messages) {
        const after = stored.get(later)?.[0];
        if (after && invokedAt > okAt && after.position < before.position)
          found.push(`${later} < ${earlier}`);
      }
    }
  }
  return found;
}

function split(
  sent: ReadonlyMap<string, Sent>,
  stored: ReadonlyMap<string, readonly StoredMessage[]>,
): readonly string[] {
  const places = new Map<string, Set<string>>();
  for (const [id, copies] of stored) {
    const conversation = sent.get(id)?.conversation;
    if (conversation === undefined) continue;
    const known = places.get(conversation) ?? new Set();
    places.set(conversation, known);
    for (const { conversationId, ticketId } of copies) known.add(`${conversationId} ${ticketId}`);
  }
  return [...places].filter(([, known]) => known.size > 1).map(([conversation]) => conversation);
}

function brokenHistories({ messages, tickets }: StoredState): readonly string[] {
  const perTicket = Map.groupBy(messages, ({ ticketId }) => ticketId);
  return tickets
    .filter(({ id, events }) => {
      const count = (type: string) => events.filter((event) => event === type).length;
      return (
        count('ticket.created') !== 1 ||
        events[0] !== 'ticket.created' ||
        1 + count('message.added') !== (perTicket.get(id)?.length ?? 0)
      );
    })
    .map(({ id }) => id);
}

function brokenQuarantine(
  history: readonly HistoryEntry[],
  quarantined: readonly string[],
): readonly string[] {
  const kept = Map.groupBy(quarantined, (sha256) => sha256);
  const poison = history.filter((entry) => entry.kind === 'poison');
  const known = new Set(poison.map(({ sha256 }) => sha256));
  return [
    ...poison.filter(({ sha256 }) => kept.get(sha256)?.length !== 1).map(({ id }) => id),
    ...[...kept.keys()]
      .filter((sha256) => !known.has(sha256))
      .map((sha256) => `bytes ${sha256.slice(0, 12)}`),
  ];
}

function appliedWhenFenced(work: readonly WorkNote[]): readonly string[] {
  const places = Map.groupBy(work, ({ place }) => place);
  return [...places].flatMap(([place, notes]) =>
    notes
      .filter(({ kind }) => kind === 'applied')
      .filter((late) =>
        notes.some(({ kind, at, epoch }) => kind === 'begun' && epoch > late.epoch && at < late.at),
      )
      .map(({ member, epoch }) => `${place} by ${member} of epoch ${epoch}`),
  );
}

/** In a history in which nobody gives a ticket back, it is assigned once. */
function brokenAssignments({ tickets }: StoredState): readonly string[] {
  return tickets
    .filter(({ assigneeId, assignedTo, routed, heldBy, events }) => {
      const told = events.filter((event) => event === 'ticket.assigned').length;
      const once = assignedTo.length <= 1 && told === assignedTo.length;
      return !routed || !once || (assignedTo[0] ?? null) !== assigneeId || heldBy !== assigneeId;
    })
    .map(({ id }) => id);
}
