import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { onSignedOut } from '../api/http.js';
import { useSession } from '../api/session.js';
import { followStream, type Connection } from '../api/stream.js';
import { openOutbox } from '../features/composer/outbox.js';
import { leaveForSignIn } from './leave-for-sign-in.js';

const LOST_AFTER_MS = 2_000;

/** While the frame stands: follows the stream, keeps the outbox open, and leaves when the session has ended. */
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

  useEffect(() => openOutbox(person.id), [person.id]);

  useEffect(
    () =>
      onSignedOut(() => {
        if (router.state.location.pathname === '/sign-in') return;
        void leaveForSignIn(router, router.state.location.href);
      }),
    [router],
  );
  return connection;
}
