import { Button } from '@mantine/core';
import {
  IconArchive,
  IconCircleCheck,
  IconHourglass,
  IconInbox,
  IconSearch,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TicketView } from '@tributary/contracts';
import { presenceQuery } from '../../api/presence.js';
import { countsQuery, type ListFilter } from '../../api/tickets.js';
import { isLeased } from '../presence/use-presence.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';

const ICONS: Readonly<Record<TicketView, Icon>> = {
  mine: IconCircleCheck,
  queue: IconInbox,
  team: IconUsers,
  waiting: IconHourglass,
  solved: IconArchive,
  all: IconInbox,
};

/** An empty list says why it is empty and what comes next. */
export function EmptyList({ filter }: { filter: ListFilter }) {
  const t = useTranslate();
  const { data: presence } = useQuery(presenceQuery);
  const { data: counts } = useQuery(countsQuery);
  if (filter.q) {
    return (
      <Empty icon={IconSearch} title={t('list.not_found', { words: filter.q })}>
        {t('list.not_found_help')}
      </Empty>
    );
  }
  if (filter.view !== 'mine') {
    return (
      <Empty icon={ICONS[filter.view]} title={t(`list.empty_${filter.view}`)}>
        {t(`list.empty_${filter.view}_help`)}
      </Empty>
    );
  }
  const waiting = counts?.views.queue ?? 0;
  return (
    <Empty
      icon={ICONS.mine}
      title={t('list.empty_mine')}
      action={
        waiting > 0 && (
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/tickets/$view" params={{ view: 'queue' }} {...props} />}
          >
            {t('list.see_queue', { count: waiting })}
          </Button>
        )
      }
    >
      {isLeased(presence?.state) ? t('list.empty_mine_help') : t('list.empty_mine_away_help')}
    </Empty>
  );
}
