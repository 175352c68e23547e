import { ActionIcon, CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconArrowUp, IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import type { TicketRow } from '@tributary/contracts';
import { useEffect, useRef, useState } from 'react';
import { countsQuery } from '../../api/tickets.js';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import { EmptyList } from './EmptyList.js';
import { Row } from './Row.js';
import { useListFilter, useTicketList, useTicketNavigation } from './use-ticket-list.js';
import classes from './list.module.css';

const ROW_HEIGHT = 76;
const LOAD_AHEAD = 10;

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
            {latest.contact.name} · {latest.subject}
          </span>
        )}
      </button>
    </KeyTip>
  );
}

function ListHead({ title }: { title: string }) {
  const t = useTranslate();
  const router = useRouter();
  const { q } = useListFilter();
  const [searching, setSearching] = useState(Boolean(q));
  const [words, setWords] = useState(q ?? '');
  const input = useRef<HTMLInputElement>(null);
  const search = useDebouncedCallback((text: string) => {
    void router.navigate({
      to: '.',
      search: (before) => ({ ...before, q: text || undefined }),
      replace: true,
    });
  }, 250);
  const start = (): void => {
    setSearching(true);
    requestAnimationFrame(() => input.current?.focus());
  };
  const stop = (): void => {
    setSearching(false);
    setWords('');
    search('');
  };
  useShortcut('search', start);

  return (
    <header className={classes['head']}>
      {searching ? (
        <TextInput
          ref={input}
          className={classes['searchInput']}
          size="xs"
          value={words}
          placeholder={t('list.search_in', { view: title })}
          aria-label={t('list.search_in', { view: title })}
          leftSection={<IconSearch size={14} aria-hidden />}
          rightSection={<CloseButton size="sm" aria-label={t('list.search_end')} onClick={stop} />}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            search(event.currentTarget.value.trim());
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') stop();
          }}
        />
      ) : (
        <>
          <h1 className={classes['title']}>{title}</h1>
          <KeyTip label={t('key.search')} shortcut="search">
            <ActionIcon aria-label={t('key.search')} onClick={start}>
              <IconSearch size={16} stroke={1.8} />
            </ActionIcon>
          </KeyTip>
        </>
      )}
    </header>
  );
}

function Rows(props: {
  rows: readonly TicketRow[];
  hasLeft: (row: TicketRow) => boolean;
  loadMore: () => void;
  complete: boolean;
}) {
  const t = useTranslate();
  const { rows, hasLeft, loadMore, complete } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { ticketId } = useParams({ strict: false });
  const navigation = useTicketNavigation(rows);
  const [marked, setMarked] = useState<string | null>(ticketId ?? null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= rows.length - LOAD_AHEAD) loadMore();
  });
  useEffect(() => setMarked(ticketId ?? null), [ticketId]);

  const move = (step: number): void => {
    const from = rows.findIndex((row) => row.id === (marked ?? ticketId));
    const to = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step));
    const row = rows[to];
    if (!row) return;
    setMarked(row.id);
    virtual.scrollToIndex(to);
    // With a ticket open, moving on opens the next; in the bare list it only moves the mark.
    if (ticketId) navigation.open(row.id);
  };
  useShortcut('next', () => move(1));
  useShortcut('previous', () => move(-1));
  useShortcut('open', () => marked && navigation.open(marked), marked !== null && marked !== ticketId);
  useShortcut('back', navigation.toList, ticketId !== undefined);

  return (
    <div ref={scroller} className={`${classes['rows']} scroll`} tabIndex={-1}>
      <ul className={classes['sheet']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={classes['slot']}
              style={{ transform: `translateY(${item.start}px)` }}
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
