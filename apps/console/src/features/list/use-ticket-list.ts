import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import type { TicketRow, TicketView } from '@tributary/contracts';
import { useEffect, useMemo, useRef } from 'react';
import { belongs, dropLeft, letIn, rowsOf, type ListReader } from '../../api/live-list.js';
import { queryClient } from '../../api/query-client.js';
import { useSession } from '../../api/session.js';
import { listKey, ticketListQuery, ticketQuery, type ListFilter, type LiveList } from '../../api/tickets.js';

/** The list that the address names. */
export function useListFilter(): ListFilter {
  const { view } = useParams({ strict: false });
  const { queue, q } = useSearch({ strict: false });
  return useMemo(
    () => ({ view: (view as TicketView | undefined) ?? 'mine', queueId: queue, q }),
    [view, queue, q],
  );
}

/** The rows of the list in the address, what waits to come in, and what has left. */
export function useTicketList() {
  const filter = useListFilter();
  const { person } = useSession();
  const { ticketId } = useParams({ strict: false });
  const query = useInfiniteQuery({ ...ticketListQuery(filter), placeholderData: keepPreviousData });
  const list = query.data as LiveList | undefined;
  const rows = useMemo(() => (list ? rowsOf(list) : []), [list]);
  const arrivals = (!query.isPlaceholderData && list?.arrivals) || [];
  const reader = useMemo<ListReader>(
    () => ({ filter, personId: person.id, openTicketId: ticketId ?? null }),
    [filter, person.id, ticketId],
  );
  const hasLeft = (row: TicketRow): boolean =>
    !query.isPlaceholderData && !filter.q && !belongs(row, filter, person.id);

  useForgetLeft(reader);
  const change = (how: typeof letIn): void => {
    queryClient.setQueryData<LiveList>(listKey(filter), (now) => now && how(now, reader));
  };
  return { filter, query, rows, arrivals, hasLeft, letArrivalsIn: () => change(letIn) };
}

/** A ticket that I closed stays in sight while it is open, and leaves the list when I turn to another. */
function useForgetLeft(reader: ListReader): void {
  const before = useRef(reader.openTicketId);
  useEffect(() => {
    const left = before.current;
    before.current = reader.openTicketId;
    if (left === null || left === reader.openTicketId) return;
    queryClient.setQueryData<LiveList>(listKey(reader.filter), (now) => now && dropLeft(now, reader));
  }, [reader]);
}

/** Opens tickets and reads the neighbours of the open one ahead, so that going on is instant. */
export function useTicketNavigation(rows: readonly TicketRow[]) {
  const router = useRouter();
  const { ticketId } = useParams({ strict: false });
  const { view } = useListFilter();
  const index = rows.findIndex((row) => row.id === ticketId);

  const nextId = rows[index + 1]?.id;
  useEffect(() => {
    if (index >= 0 && nextId) void queryClient.prefetchQuery(ticketQuery(nextId));
  }, [index, nextId]);

  return {
    index,
    open: (id: string): void =>
      void router.navigate({
        to: '/tickets/$view/$ticketId',
        params: { view, ticketId: id },
        search: (search) => search,
      }),
    toList: (): void =>
      void router.navigate({ to: '/tickets/$view', params: { view }, search: (search) => search }),
  };
}
