import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { createSpotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { TicketPage } from '@tributary/contracts';
import { useEffect, useState } from 'react';
import { request } from '../api/http.js';
import { useSession } from '../api/session.js';
import { useTranslate } from '../i18n/use-translate.js';
import { keysText, type ShortcutName } from './shortcuts.js';
import { settingsPlaces } from './settings-places.js';
import { applyDensity, rememberedDensity } from './density.js';
import uiClasses from '../ui/ui.module.css';

const [store, spotlight] = createSpotlight();

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onKeyMap: () => void;
}

/** Ctrl K: every place, every switch, and every ticket by number, contact or words. */
export function CommandPalette({ opened, onClose, onKeyMap }: Props) {
  const t = useTranslate();
  const [query, setQuery] = useState('');
  const commands = useCommands(onKeyMap);
  const tickets = useFoundTickets(query);
  useEffect(() => (opened ? spotlight.open() : spotlight.close()), [opened]);

  return (
    <Spotlight
      store={store}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      actions={[
        { group: t('palette.commands'), actions: commands },
        { group: t('palette.tickets'), actions: tickets },
      ]}
      filter={(text, groups) => filterCommands(text, groups as Group[], t('palette.commands'))}
      nothingFound={t('palette.nothing')}
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': t('key.palette') } }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      searchProps={{ placeholder: t('palette.placeholder'), 'aria-label': t('palette.placeholder') }}
    />
  );
}

interface Group {
  readonly group: string;
  readonly actions: SpotlightActionData[];
}

/** Commands are filtered here; tickets were chosen by the server, whose search knows more than the label. */
function filterCommands(text: string, groups: Group[], commands: string): Group[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ label }: SpotlightActionData): boolean =>
    words.every((word) => label?.toLowerCase().includes(word));
  return groups
    .map((group) => (group.group === commands ? { ...group, actions: group.actions.filter(matches) } : group))
    .filter((group) => group.actions.length > 0);
}

function useCommands(onKeyMap: () => void): SpotlightActionData[] {
  const t = useTranslate();
  const router = useRouter();
  const { person } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const hint = (name: ShortcutName) => <kbd className={uiClasses['kbd']}>{keysText(name)}</kbd>;
  const views = ['mine', 'queue', 'team', 'waiting', 'solved', 'all'] as const;
  const keys = {
    mine: 'goMine',
    queue: 'goQueue',
    team: 'goTeam',
    waiting: 'goWaiting',
    solved: 'goSolved',
    all: 'goAll',
  } as const;
  return [
    ...views.map((view) => ({
      id: `view-${view}`,
      label: t('palette.go', { place: t(`view.${view}`) }),
      rightSection: hint(keys[view]),
      onClick: () => void router.navigate({ to: '/tickets/$view', params: { view } }),
    })),
    ...settingsPlaces(person.role).map(({ to, label }) => ({
      id: to,
      label: t('palette.go', { place: t(label) }),
      onClick: () => void router.navigate({ to }),
    })),
    {
      id: 'scheme',
      label: t(colorScheme === 'dark' ? 'palette.light' : 'palette.dark'),
      onClick: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
    },
    {
      id: 'density',
      label: t('palette.density'),
      onClick: () => applyDensity(rememberedDensity() === 'compact' ? 'comfortable' : 'compact'),
    },
    { id: 'keys', label: t('key.map'), rightSection: hint('map'), onClick: onKeyMap },
  ];
}

const FOUND = 6;

function useFoundTickets(query: string): SpotlightActionData[] {
  const router = useRouter();
  const [words] = useDebouncedValue(query.trim(), 180);
  const { data } = useQuery({
    queryKey: ['palette', words],
    queryFn: ({ signal }) =>
      request<TicketPage>(
        'GET',
        `/api/tickets?${new URLSearchParams({ view: 'all', q: words, limit: String(FOUND) })}`,
        { signal },
      ),
    enabled: words.length > 1,
    staleTime: 10_000,
    placeholderData: (previous) => previous,
  });
  if (words.length < 2) return [];
  return (data?.rows ?? []).map((row) => ({
    id: `ticket-${row.id}`,
    label: `#${row.number} ${row.subject}`,
    description: row.contact.name,
    onClick: () =>
      void router.navigate({ to: '/tickets/$view/$ticketId', params: { view: 'all', ticketId: row.id } }),
  }));
}
