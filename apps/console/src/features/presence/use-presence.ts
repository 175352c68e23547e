import { useMutation, useQuery } from '@tanstack/react-query';
import type { PresenceState, PresenceView } from '@tributary/contracts';
import { useEffect } from 'react';
import { presenceQuery, putPresence } from '../../api/presence.js';
import { queryClient } from '../../api/query-client.js';
import { startBeat } from './beat.js';

const RENEW_EVERY_MS = 15_000;

/** States that take or may take work, and so are kept alive by their lease. */
export const isLeased = (state: PresenceState | undefined): boolean =>
  state === 'available' || state === 'busy';

const receive = (presence: PresenceView): void => {
  queryClient.setQueryData(presenceQuery.queryKey, presence);
};

/** One's presence: read once, kept by the stream, renewed every 15 s while it is one that takes work. */
export function usePresence() {
  const { data: presence } = useQuery(presenceQuery);
  const change = useMutation({
    mutationFn: putPresence,
    onMutate: async (state) => {
      await queryClient.cancelQueries({ queryKey: presenceQuery.queryKey });
      const before = queryClient.getQueryData(presenceQuery.queryKey);
      if (before) receive({ ...before, state });
      return before;
    },
    onError: (_error, _state, before) => {
      if (before) receive(before);
    },
    onSuccess: receive,
  });

  const state = presence?.state;
  useEffect(() => {
    if (!isLeased(state)) return;
    // A renewal that fails is not reported: the next one comes in 15 s, and a real loss shows by the stream.
    return startBeat(RENEW_EVERY_MS, () => void putPresence(state!).then(receive, () => undefined));
  }, [state]);

  return { presence, change };
}
