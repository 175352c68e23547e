import type { TicketDetail, TicketStreamEvent, TypingStreamEvent } from '@tributary/contracts';
import { applyTicketEvent, type ListReader } from './live-list.js';
import { request } from './http.js';
import { presenceQuery } from './presence.js';
import { queryClient } from './query-client.js';
import { sessionQuery } from './session.js';
import { countsQuery, ticketKey, type ListFilter, type LiveList } from './tickets.js';
import { hearTyping } from './typing.js';

export type Connection = 'connecting' | 'live' | 'lost';

interface StreamOptions {
  readonly personId: string;
  readonly openTicketId: () => string | null;
  readonly onConnection: (state: Connection) => void;
}

const REOPEN_AFTER_MS = [1_000, 2_000, 5_000, 10_000];
const COUNTS_AFTER_MS = 250;

/**
 * Follows the workspace's stream until it is told to stop. The browser itself resumes a broken stream from the last
 * event id; when it gives up (an error answer), or the server says `reset`, everything is read again.
 */
export function followStream(options: StreamOptions): () => void {
  let source: EventSource | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = (what: 'older' | 'all'): void => {
    let resumes = false;
    source = new EventSource('/api/stream');
    source.addEventListener('open', () => {
      failures = 0;
      options.onConnection('live');
      // What was read before a new stream may have missed an event; one that the browser resumes has missed none.
      if (!resumes) void readAgain(what);
      resumes = true;
    });
    source.addEventListener('ticket', (event) =>
      receiveTicket(JSON.parse(event.data) as TicketStreamEvent, options),
    );
    source.addEventListener(
      'presence',
      () => void queryClient.invalidateQueries({ queryKey: presenceQuery.queryKey }),
    );
    source.addEventListener('typing', (event) =>
      hearTyping((JSON.parse(event.data) as TypingStreamEvent).ticketId),
    );
    source.addEventListener('reset', () => void readAgain('all'));
    source.addEventListener('error', () => {
      options.onConnection('lost');
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(() => open('all'), REOPEN_AFTER_MS[Math.min(failures, REOPEN_AFTER_MS.length - 1)]);
      failures += 1;
      // An ended session also closes the stream; asking for it tells which of the two it was.
      request('GET', '/api/session').catch(() => undefined);
    });
  };

  const reopenNow = (): void => {
    if (source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(timer);
    open('all');
  };
  open('older');
  window.addEventListener('online', reopenNow);
  return () => {
    window.removeEventListener('online', reopenNow);
    clearTimeout(timer);
    source?.close();
  };
}

async function readAgain(what: 'older' | 'all'): Promise<void> {
  const now = Date.now();
  await queryClient.invalidateQueries({
    predicate: ({ queryKey, state }) =>
      queryKey[0] !== sessionQuery.queryKey[0] && (what === 'all' || state.dataUpdatedAt < now),
  });
}

function receiveTicket(event: TicketStreamEvent, options: StreamOptions): void {
  const { ticket } = event;
  const { personId } = options;
  const openTicketId = options.openTicketId();
  for (const [key, list] of queryClient.getQueriesData<LiveList>({ queryKey: ['tickets'] })) {
    if (!list) continue;
    const reader: ListReader = { filter: filterOf(key), personId, openTicketId };
    queryClient.setQueryData(key, applyTicketEvent(list, event, reader));
  }
  queryClient.setQueryData<TicketDetail>(ticketKey(ticket.id), (detail) =>
    detail && detail.version <= ticket.version ? { ...detail, ...ticket } : detail,
  );
  void queryClient.invalidateQueries({ queryKey: ticketKey(ticket.id) });
  countAgainSoon();
}

/** The filter back from a list's key; see `listKey`. */
export function filterOf(key: readonly unknown[]): ListFilter {
  const { view, queueId, q } = key[1] as { view: ListFilter['view']; queueId: string | null; q: string };
  return { view, queueId: queueId ?? undefined, q: q || undefined };
}

let counting: ReturnType<typeof setTimeout> | undefined;

/** Many events come together (a burst of mail): the numbers are asked for once. */
function countAgainSoon(): void {
  counting ??= setTimeout(() => {
    counting = undefined;
    void queryClient.invalidateQueries({ queryKey: countsQuery.queryKey });
  }, COUNTS_AFTER_MS);
}
