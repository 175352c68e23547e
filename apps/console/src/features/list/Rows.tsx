import { useVirtualizer } from '@tanstack/react-virtual';
import { useParams } from '@tanstack/react-router';
import type { TicketRow } from '@tributary/contracts';
import { useEffect, useRef, useState } from 'react';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Row } from './Row.js';
import { useTicketNavigation } from './use-ticket-list.js';
import classes from './list.module.css';

const ROW_HEIGHT = 76;
const LOAD_AHEAD = 10;

interface Props {
  readonly rows: readonly TicketRow[];
  readonly hasLeft: (row: TicketRow) => boolean;
  readonly loadMore: () => void;
  readonly complete: boolean;
}

/** The rows in sight and a few around them; the rest is height alone. */
export function Rows({ rows, hasLeft, loadMore, complete }: Props) {
  const t = useTranslate();
  const scroller = useRef<HTMLDivElement>(null);
  const { ticketId } = useParams({ strict: false });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const marked = useMark(rows, (index) => virtual.scrollToIndex(index));
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= rows.length - LOAD_AHEAD) loadMore();
  });

  return (
    <div ref={scroller} className={`${classes['rows']} scroll`} tabIndex={-1}>
      <ul className={classes['sheet']} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ key, index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className={classes['slot']}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Row row={row} open={row.id === ticketId} marked={row.id === marked} left={hasLeft(row)} />
            </li>
          );
        })}
      </ul>
      {complete && rows.length > 20 && <p className={classes['end']}>{t('list.end')}</p>}
    </div>
  );
}

/** The mark that j and k move. With a ticket open, moving on opens the next; in the bare list Enter opens. */
function useMark(rows: readonly TicketRow[], reveal: (index: number) => void): string | null {
  const { ticketId } = useParams({ strict: false });
  const { open, toList } = useTicketNavigation(rows);
  const [marked, setMarked] = useState<string | null>(ticketId ?? null);
  const [seen, setSeen] = useState(ticketId);
  if (seen !== ticketId) {
    setSeen(ticketId);
    if (ticketId) setMarked(ticketId);
  }
  const move = (step: number): void => {
    const from = rows.findIndex((row) => row.id === (marked ?? ticketId));
    const to = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step));
    const row = rows[to];
    if (!row) return;
    setMarked(row.id);
    reveal(to);
    if (ticketId) open(row.id);
  };
  useShortcut('next', () => move(1));
  useShortcut('previous', () => move(-1));
  useShortcut('open', () => marked && open(marked), marked !== null && marked !== ticketId);
  useShortcut('back', toList, ticketId !== undefined);
  return marked;
}
