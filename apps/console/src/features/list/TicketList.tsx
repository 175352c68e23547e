import { IconArrowUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { TicketRow } from '@tributary/contracts';
import { countsQuery } from '../../api/tickets.js';
import { useShortcut } from '../../app/shortcuts.js';
import { contactName } from '../../i18n/contact-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import { EmptyList } from './EmptyList.js';
import { ListHead } from './ListHead.js';
import { Rows } from './Rows.js';
import { useTicketList } from './use-ticket-list.js';
import classes from './list.module.css';

/** One view's tickets: what is new, what is there, or what to do when there is nothing. */
export function TicketList() {
  const t = useTranslate();
  const { filter, query, rows, arrivals, hasLeft, letArrivalsIn } = useTicketList();
  const { data: counts } = useQuery(countsQuery);
  const queueName = counts?.queues.find(({ id }) => id === filter.queueId)?.name;
  useShortcut('letIn', letArrivalsIn, arrivals.length > 0);

  return (
    <>
      <ListHead title={filter.queueId ? (queueName ?? t('view.queue')) : t(`view.${filter.view}`)} />
      {arrivals.length > 0 && <Arrivals arrivals={arrivals} onLetIn={letArrivalsIn} />}
      {query.isError && (
        <div className={classes['fault']}>
          <Notice error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && <LateSkeleton rows={8} label={t('list.loading')} />}
      {query.isSuccess && rows.length === 0 && arrivals.length === 0 && <EmptyList filter={filter} />}
      {rows.length > 0 && (
        <Rows
          key={`${filter.view} ${filter.queueId ?? ''} ${filter.q ?? ''}`}
          rows={rows}
          hasLeft={hasLeft}
          loadMore={() => {
            if (query.hasNextPage && !query.isFetchingNextPage && !query.isPlaceholderData)
              void query.fetchNextPage();
          }}
          complete={!query.hasNextPage}
        />
      )}
    </>
  );
}

/** The quiet line: new work is announced, never pushed under the pointer. */
function Arrivals({ arrivals, onLetIn }: { arrivals: readonly TicketRow[]; onLetIn: () => void }) {
  const t = useTranslate();
  const latest = arrivals.at(-1);
  return (
    <KeyTip label={t('key.let_in')} shortcut="letIn">
      <button type="button" className={classes['arrivals']} onClick={onLetIn} aria-live="polite">
        <IconArrowUp size={14} stroke={2} aria-hidden />
        <strong>{t('list.new', { count: arrivals.length })}</strong>
        {latest && (
          <span className={classes['arrival']}>
            {contactName(latest.contact.name, t)} · {latest.subject}
          </span>
        )}
      </button>
    </KeyTip>
  );
}
