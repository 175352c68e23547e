import { IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { saveQueue, teamsQuery } from '../../api/admin.js';
import { countsQuery, queuesQuery } from '../../api/tickets.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';
import { Listing } from './Listing.js';
import { AddByName, NamedItem } from './NamedList.js';
import { Page } from './Page.js';

export function QueuesPage() {
  const t = useTranslate();
  const queues = useQuery({ ...queuesQuery, staleTime: 0 });
  const { data: counts } = useQuery(countsQuery);
  const { data: teams } = useQuery(teamsQuery);
  const detail = (id: string, teamId: string | null): string => {
    const waiting = counts?.queues.find((queue) => queue.id === id)?.waiting ?? 0;
    const team = teams?.find((each) => each.id === teamId)?.name;
    const text = t('queues.waiting', { count: waiting });
    return team ? `${team} · ${text}` : text;
  };
  return (
    <Page title={t('settings.queues')} purpose={t('queues.purpose')}>
      <AddByName
        label={t('queues.add')}
        renews={queuesQuery.queryKey}
        create={(name) => saveQueue(null, name)}
      />
      <Listing
        query={queues}
        empty={
          <Empty icon={IconStack2} title={t('queues.empty')}>
            {t('queues.empty_help')}
          </Empty>
        }
      >
        {({ id, name, teamId }) => (
          <NamedItem
            key={id}
            name={name}
            detail={detail(id, teamId)}
            renews={queuesQuery.queryKey}
            rename={(next) => saveQueue(id, next)}
          />
        )}
      </Listing>
    </Page>
  );
}
