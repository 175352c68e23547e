import { Link, useSearch } from '@tanstack/react-router';
import type { TicketRow } from '@tributary/contracts';
import { memo } from 'react';
import { useSession } from '../../api/session.js';
import { contactName } from '../../i18n/contact-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Ago } from '../../ui/Ago.js';
import { ChannelIcon, Initials, PriorityMark, StatusMark, VipMark } from '../../ui/Marks.js';
import { SlaChip } from '../../ui/SlaChip.js';
import { useListFilter } from './use-ticket-list.js';
import classes from './list.module.css';

interface Props {
  readonly row: TicketRow;
  readonly open: boolean;
  readonly marked: boolean;
  /** No longer of this view; it stays in its place until the agent lets the list change. */
  readonly left: boolean;
}

/** One glance: who, what, how long. */
export const Row = memo(function Row({ row, open, marked, left }: Props) {
  const { view } = useListFilter();
  const search = useSearch({ strict: false });
  const t = useTranslate();
  return (
    <Link
      to="/tickets/$view/$ticketId"
      params={{ view, ticketId: row.id }}
      search={search}
      className={classes['row']}
      data-open={open || undefined}
      data-marked={marked || undefined}
      data-unread={row.unread || undefined}
      data-left={left || undefined}
      aria-current={open ? 'true' : undefined}
    >
      <span className={classes['icon']}>
        <ChannelIcon channel={row.channel} />
      </span>
      <span className={classes['body']}>
        <span className={classes['line']}>
          <span className={classes['contact']}>{contactName(row.contact.name, t)}</span>
          {row.contact.tier === 'vip' && <VipMark />}
          <span className={classes['spring']} />
          <Unread unread={row.unread} />
          <Ago at={row.updatedAt} className={classes['when']} />
        </span>
        <span className={classes['subject']}>{row.subject}</span>
        <span className={classes['line']}>
          {left ? <Left row={row} /> : row.sla ? <SlaChip clock={row.sla} /> : <Snippet row={row} />}
          {!left && row.sla && <Snippet row={row} />}
          <span className={classes['spring']} />
          {row.priority !== 'normal' && <PriorityMark priority={row.priority} text={false} />}
          <Holder row={row} />
        </span>
      </span>
    </Link>
  );
});

function Snippet({ row }: { row: TicketRow }) {
  return <span className={classes['snippet']}>{row.snippet}</span>;
}

function Unread({ unread }: { unread: boolean }) {
  const t = useTranslate();
  return unread ? (
    <span className={classes['unread']} role="img" aria-label={t('list.unread')} title={t('list.unread')} />
  ) : null;
}

/** Where the ticket went: to a colleague, or into another state. */
function Left({ row }: { row: TicketRow }) {
  const t = useTranslate();
  const { person } = useSession();
  const taken =
    row.assignee && row.assignee.id !== person.id && (row.status === 'new' || row.status === 'open');
  return (
    <span className={classes['snippet']}>
      {taken ? t('list.taken_by', { name: row.assignee?.name ?? '' }) : <StatusMark status={row.status} />}
    </span>
  );
}

function Holder({ row }: { row: TicketRow }) {
  const t = useTranslate();
  const { person } = useSession();
  const { view } = useListFilter();
  if (view === 'mine' || view === 'waiting') return null;
  if (!row.assignee)
    return view === 'queue' ? null : <span className={classes['when']}>{t('ticket.unassigned')}</span>;
  const label = row.assignee.id === person.id ? t('ticket.me') : row.assignee.name;
  return (
    <span title={t('list.held_by', { name: label })}>
      <Initials name={row.assignee.name} size={18} />
      <span className="sr-only">{t('list.held_by', { name: label })}</span>
    </span>
  );
}
