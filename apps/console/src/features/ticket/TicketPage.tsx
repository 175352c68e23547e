import { Drawer } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconTicketOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { TicketDetail } from '@tributary/contracts';
import { useState } from 'react';
import { ApiError } from '../../api/http.js';
import { ticketQuery } from '../../api/tickets.js';
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
  const t = useTranslate();
  const wide = useMediaQuery('(min-width: 1280px)', true, { getInitialValueInEffect: false });
  const pane = usePaneWidth('details', { min: 240, max: 460, initial: 288 });
  const [kept, setKept] = useLocalStorage({
    key: 'tributary.details',
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const [drawer, setDrawer] = useState(false);
  const toggle = (): void => (wide ? setKept(!kept) : setDrawer(!drawer));
  useShortcut('details', toggle);

  return (
    <>
      <article className={classes['ticket']} aria-label={`#${ticket.number} ${ticket.subject}`}>
        <TicketHead ticket={ticket} detailsOpen={wide ? kept : drawer} onDetails={toggle} />
        {faulty ? (
          <div className={classes['stale']}>
            <Notice error={faulty} onRetry={onRetry} />
          </div>
        ) : null}
        <Thread key={`thread ${ticket.id}`} ticket={ticket} />
        <Composer key={`composer ${ticket.id}`} ticket={ticket} />
      </article>
      {wide && kept && (
        <>
          <PaneHandle label={t('pane.details')} pane={pane} side="right" />
          <aside
            className={`${classes['details']} scroll`}
            style={{ width: pane.width }}
            aria-label={t('details.label')}
          >
            <Details ticket={ticket} />
          </aside>
        </>
      )}
      {!wide && (
        <Drawer
          opened={drawer}
          onClose={() => setDrawer(false)}
          position="right"
          size={360}
          title={t('details.label')}
          closeButtonProps={{ 'aria-label': t('action.close') }}
        >
          <Details ticket={ticket} />
        </Drawer>
      )}
    </>
  );
}
