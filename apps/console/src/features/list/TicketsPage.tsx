import { useMediaQuery } from '@mantine/hooks';
import { Outlet, useParams } from '@tanstack/react-router';
import { useTranslate } from '../../i18n/use-translate.js';
import { PaneHandle, usePaneWidth } from '../../ui/PaneHandle.js';
import { TicketList } from './TicketList.js';
import { Views } from './Views.js';
import classes from './list.module.css';

const NOW = { getInitialValueInEffect: false };

/** Views, list and the open ticket side by side; on a phone one of them at a time. */
export function TicketsPage() {
  const t = useTranslate();
  const { ticketId } = useParams({ strict: false });
  const roomForViews = useMediaQuery('(min-width: 1024px)', true, NOW);
  const onePane = useMediaQuery('(max-width: 767px)', false, NOW);
  const views = usePaneWidth('views', { min: 160, max: 300, initial: 196 });
  const list = usePaneWidth('list', { min: 260, max: 520, initial: 330 });
  const showsList = !onePane || ticketId === undefined;
  const showsTicket = !onePane || ticketId !== undefined;
  return (
    <div className={classes['panes']}>
      {roomForViews && (
        <>
          <div className={`${classes['viewsPane']} scroll`} style={{ width: views.width }}>
            <Views />
          </div>
          <PaneHandle label={t('pane.views')} pane={views} side="left" />
        </>
      )}
      {showsList && (
        <section
          className={classes['listPane']}
          style={onePane ? { flex: 1 } : { width: list.width }}
          aria-label={t('pane.list_label')}
        >
          <TicketList />
        </section>
      )}
      {!onePane && <PaneHandle label={t('pane.list')} pane={list} side="left" />}
      {showsTicket && (
        <div className={classes['ticketPane']}>
          <Outlet />
        </div>
      )}
    </div>
  );
}
