import { ActionIcon, CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useShortcut } from '../../app/shortcuts.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { KeyTip } from '../../ui/KeyTip.js';
import { useListFilter } from './use-ticket-list.js';
import classes from './list.module.css';

/** The name of the list, or the words that it is searched for. */
export function ListHead({ title }: { title: string }) {
  const t = useTranslate();
  const { q } = useListFilter();
  const [searching, setSearching] = useState(Boolean(q));
  useShortcut('search', () => setSearching(true));
  if (searching) return <SearchLine title={title} onEnd={() => setSearching(false)} />;
  return (
    <header className={classes['head']}>
      <h1 className={classes['title']}>{title}</h1>
      <KeyTip label={t('key.search')} shortcut="search">
        <ActionIcon aria-label={t('key.search')} onClick={() => setSearching(true)}>
          <IconSearch size={16} stroke={1.8} />
        </ActionIcon>
      </KeyTip>
    </header>
  );
}

function SearchLine({ title, onEnd }: { title: string; onEnd: () => void }) {
  const t = useTranslate();
  const router = useRouter();
  const { q } = useListFilter();
  const [words, setWords] = useState(q ?? '');
  const search = useDebouncedCallback((text: string) => {
    void router.navigate({
      to: '.',
      search: (before) => ({ ...before, q: text || undefined }),
      replace: true,
    });
  }, 250);
  const stop = (): void => {
    search('');
    search.flush();
    onEnd();
  };
  return (
    <header className={classes['head']}>
      <TextInput
        className={classes['searchInput']}
        size="xs"
        autoFocus
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
    </header>
  );
}
