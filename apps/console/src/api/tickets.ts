import { infiniteQueryOptions, queryOptions, type InfiniteData } from '@tanstack/react-query';
import type {
  AgentAvailability,
  ChannelView,
  DecisionView,
  NoteRequest,
  QueueView,
  ReplyRequest,
  SlaExplanationView,
  TemplatesView,
  TicketCounts,
  TicketDetail,
  TicketPage,
  TicketPatch,
  TicketRow,
  TicketView,
} from '@tributary/contracts';
import { request } from './http.js';

/** Which tickets a list shows. */
export interface ListFilter {
  readonly view: TicketView;
  readonly queueId?: string | undefined;
  readonly q?: string | undefined;
}

/**
 * A list as it is kept between readings: the pages, the rows that came by the stream and wait to be let in
 * (`arrivals`), so that nothing moves under the pointer.
 */
export interface LiveList extends InfiniteData<TicketPage, string | null> {
  readonly arrivals?: readonly TicketRow[];
}

const PAGE_SIZE = 50;

export const listKey = (filter: ListFilter) =>
  ['tickets', { view: filter.view, queueId: filter.queueId ?? null, q: filter.q ?? '' }] as const;

export const ticketListQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: listKey(filter),
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ view: filter.view, limit: String(PAGE_SIZE) });
      if (filter.queueId) search.set('queueId', filter.queueId);
      if (filter.q) search.set('q', filter.q);
      if (pageParam) search.set('cursor', pageParam);
      return request<TicketPage>('GET', `/api/tickets?${search}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const countsQuery = queryOptions({
  queryKey: ['counts'],
  queryFn: ({ signal }) => request<TicketCounts>('GET', '/api/tickets/counts', { signal }),
});

export const ticketKey = (id: string) => ['ticket', id] as const;

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ticketKey(id),
    queryFn: ({ signal }) => request<TicketDetail>('GET', `/api/tickets/${id}`, { signal }),
  });

export const decisionsQuery = (ticketId: string) =>
  queryOptions({
    queryKey: ['ticket', ticketId, 'decisions'],
    queryFn: ({ signal }) =>
      request<readonly DecisionView[]>('GET', `/api/tickets/${ticketId}/decisions`, { signal }),
  });

export const slaQuery = (ticketId: string) =>
  queryOptions({
    queryKey: ['ticket', ticketId, 'sla'],
    queryFn: ({ signal }) => request<SlaExplanationView>('GET', `/api/tickets/${ticketId}/sla`, { signal }),
  });

export const availabilityQuery = queryOptions({
  queryKey: ['availability'],
  queryFn: ({ signal }) =>
    request<readonly AgentAvailability[]>('GET', '/api/agents/availability', { signal }),
  staleTime: 10_000,
});

export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: ({ signal }) => request<readonly QueueView[]>('GET', '/api/queues', { signal }),
});

export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: ({ signal }) => request<readonly ChannelView[]>('GET', '/api/channels', { signal }),
});

export const templatesQuery = (inboxId: string) =>
  queryOptions({
    queryKey: ['templates', inboxId],
    queryFn: ({ signal }) => request<TemplatesView>('GET', `/api/inboxes/${inboxId}/templates`, { signal }),
    staleTime: 60_000,
  });

export const patchTicket = (id: string, body: TicketPatch, version?: number): Promise<unknown> =>
  request('PATCH', `/api/tickets/${id}`, {
    body,
    headers: version === undefined ? {} : { 'if-match': `"${version}"` },
  });

/** Sends a reply or a note; the same key gives the same message, however often it is sent. */
export const postMessage = (
  ticketId: string,
  kind: 'replies' | 'notes',
  idempotencyKey: string,
  body: ReplyRequest | NoteRequest,
  keepalive = false,
): Promise<unknown> =>
  request('POST', `/api/tickets/${ticketId}/${kind}`, {
    body,
    headers: { 'idempotency-key': idempotencyKey },
    keepalive,
  });

export const retryMessage = (messageId: string): Promise<unknown> =>
  request('POST', `/api/messages/${messageId}/retry`);
