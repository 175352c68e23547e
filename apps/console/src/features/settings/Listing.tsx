import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslate } from '../../i18n/use-translate.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import classes from './settings.module.css';

/** A list that is read from the API: placeholders, fault, emptiness that teaches, or its items. */
export function Listing<Item>(props: {
  query: UseQueryResult<readonly Item[]>;
  empty: ReactNode;
  children: (item: Item) => ReactNode;
}) {
  const { query, empty, children } = props;
  const t = useTranslate();
  if (!query.data) {
    return query.isError ? (
      <Notice error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LateSkeleton rows={4} label={t('settings.loading')} />
    );
  }
  if (query.data.length === 0) return empty;
  return (
    <>
      {query.isError && <Notice error={query.error} onRetry={() => void query.refetch()} />}
      <ul className={classes['listing']}>{query.data.map(children)}</ul>
    </>
  );
}
