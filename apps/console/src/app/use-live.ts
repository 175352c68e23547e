import { notifications } from '@mantine/notifications';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { onSignedOut } from '../api/http.js';
import { queryClient } from '../api/query-client.js';
import { sessionQuery, useSession } from '../api/session.js';
import { followStream, type Connection } from '../api/stream.js';

const LOST_AFTER_MS = 2_000;

/** Follows the stream while the frame stands, and leaves for the sign-in when the session has ended. */
export function useLive(): Connection {
  const router = useRouter();
  const { person } = useSession();
  const [connection, setConnection] = useState<Connection>('connecting');

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = followStream({
      personId: person.id,
      openTicketId: () => {
        const params: Record<string, string | undefined> = router.state.matches.at(-1)?.params ?? {};
        return params['ticketId'] ?? null;
      },
      onConnection: (state) => {
        clearTimeout(timer);
        // A stream that comes back at once was no loss worth a word.
        if (state === 'lost') timer = setTimeout(() => setConnection('lost'), LOST_AFTER_MS);
        else setConnection(state);
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [person.id, router]);

  useEffect(
    () =>
      onSignedOut(() => {
        notifications.clean();
        queryClient.setQueryData(sessionQuery.queryKey, null);
        void router.navigate({ to: '/sign-in', search: { back: router.state.location.href } });
      }),
    [router],
  );
  return connection;
}
