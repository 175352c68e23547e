import { Drawer } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconTicketOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { TicketDetail } from '@tributary/contracts';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/http.js';
import { markRead } from '../../api/live-list.js';
import { queryClient } from '../../api/query-client.js';
import { useSession } from '../../api/session.js';
import { ticketQuery, type LiveList } from '../../api/tickets.js';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import { PaneHandle, usePaneWidth } from '../../ui/PaneHandle.js';
import { Composer } from '../composer/Composer.js';
import { Details } from '../details/Details.js';
import { Thread } from './Thread.js';
import { TicketHead } from './TicketHead.js';
import classes from './ticket.module.css';

/** The open ticket. While another is being read the one before stays; only a first reading shows placeholders. */
export function TicketPage() {
  const t = useTranslate();
  const { ticketId = '' } = useParams({ strict: false });
  const { data: ticket, error, refetch } = useQuery(ticketQuery(ticketId));
  if (ticket) return <OpenTicket ticket={ticket} faulty={error} onRetry={() => void refetch()} />;
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) {
    return (
      <Empty icon={IconTicketOff} title={t('ticket.missing')}>
        {t('ticket.missing_help')}
      </Empty>
    );
  }
  return (
    <div className={classes['waiting']}>
      {error ? (
        <Notice error={error} onRetry={() => void refetch()} />
      ) : (
        <LateSkeleton label={t('ticket.loading')} />
      )}
    </div>
  );
}

function OpenTicket(props: { ticket: TicketDetail; faulty: unknown; onRetry: () => void }) {
  const { ticket, faulty, onRetry } = props;
  const details = useDetailsPane();
  useMarkRead(ticket);
  return (
    <>
      <article className={classes['ticket']} aria-label={`#${ticket.number} ${ticket.subject}`}>
        <TicketHead ticket={ticket} detailsOpen={details.opened} onDetails={details.toggle} />
        {faulty ? (
          <div className={classes['stale']}>
            <Notice error={faulty} onRetry={onRetry} />
          </div>
        ) : null}
        <Thread key={`thread ${ticket.id}`} ticket={ticket} />
        <Composer key={`composer ${ticket.id}`} ticket={ticket} />
      </article>
      <DetailsPane ticket={ticket} details={details} />
    </>
  );
}

/** Reading the ticket marked it read for its assignee on the server; the lists here learn it the same way. */
function useMarkRead(ticket: TicketDetail): void {
  const { person } = useSession();
  const { id } = ticket;
  const mine = ticket.assignee?.id === person.id;
  useEffect(() => {
    if (!mine) return;
    queryClient.setQueriesData<LiveList>({ queryKey: ['tickets'] }, (list) => list && markRead(list, id));
  }, [ticket, id, mine]);
}

/** Where there is room the details stand beside the ticket and stay as they were left; else they slide over it. */
function useDetailsPane() {
  const wide = useMediaQuery('(min-width: 1280px)', true, { getInitialValueInEffect: false });
  const [kept, setKept] = useLocalStorage({
    key: 'tributary.details',
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const [drawer, setDrawer] = useState(false);
  const toggle = (): void => (wide ? setKept(!kept) : setDrawer(!drawer));
  useShortcut('details', toggle);
  return { wide, opened: wide ? kept : drawer, toggle, close: () => setDrawer(false) };
}

function DetailsPane(props: { ticket: TicketDetail; details: ReturnType<typeof useDetailsPane> }) {
  const { ticket, details } = props;
  const t = useTranslate();
  const pane = usePaneWidth('details', { min: 240, max: 460, initial: 288 });
  if (!details.wide) {
    return (
      <Drawer
        opened={details.opened}
        onClose={details.close}
        position="right"
        size={360}
        title={t('details.label')}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <Details ticket={ticket} />
      </Drawer>
    );
  }
  if (!details.opened) return null;
  return (
    <>
      <PaneHandle label={t('pane.details')} pane={pane} side="right" />
      <aside
        className={`${classes['details']} scroll`}
        style={{ width: pane.width }}
        aria-label={t('details.label')}
        tabIndex={0}
      >
        <Details ticket={ticket} />
      </aside>
    </>
  );
}
