import { queryOptions } from '@tanstack/react-query';
import type { PresenceState, PresenceView } from '@tributary/contracts';
import { request } from './http.js';

export const presenceQuery = queryOptions({
  queryKey: ['presence'],
  queryFn: ({ signal }) => request<PresenceView>('GET', '/api/presence', { signal }),
});

export const putPresence = (state: PresenceState): Promise<PresenceView> =>
  request('PUT', '/api/presence', { body: { state } });
