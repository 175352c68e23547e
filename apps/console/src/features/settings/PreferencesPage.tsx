import { SegmentedControl, Select, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Locale, PreferencesRequest, SessionView } from '@tributary/contracts';
import { useId, useState, type ReactNode } from 'react';
import { queryClient } from '../../api/query-client.js';
import { changePreferences, sessionQuery, useSession } from '../../api/session.js';
import { applyDensity, rememberedDensity, type Density } from '../../app/density.js';
import { showProblem } from '../../app/show-problem.js';
import { activateLocale } from '../../i18n/i18n.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Page } from './Page.js';
import classes from './settings.module.css';

/** Language, zone, colours and density: each choice holds at once. */
export function PreferencesPage() {
  const t = useTranslate();
  const { person } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useState(rememberedDensity);
  const save = usePreferenceChange();
  return (
    <Page title={t('settings.preferences')} purpose={t('settings.preferences_help')}>
      <Choice label={t('preferences.language')}>
        {(labelled) => (
          <SegmentedControl
            {...labelled}
            value={person.locale}
            onChange={(locale) => save.mutate({ locale: locale as Locale })}
            data={[
              { value: 'en', label: 'English' },
              { value: 'zh-CN', label: '中文' },
            ]}
          />
        )}
      </Choice>
      <div className={classes['choice']}>
        <Select
          label={t('preferences.zone')}
          description={t('preferences.zone_help')}
          searchable
          value={person.timeZone}
          data={zones(person.timeZone)}
          onChange={(timeZone) => timeZone && save.mutate({ timeZone })}
          maxDropdownHeight={280}
        />
      </div>
      <Choice label={t('preferences.scheme')}>
        {(labelled) => (
          <SegmentedControl
            {...labelled}
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
            data={(['auto', 'light', 'dark'] as const).map((value) => ({
              value,
              label: t(`preferences.scheme_${value}`),
            }))}
          />
        )}
      </Choice>
      <Choice label={t('preferences.density')}>
        {(labelled) => (
          <SegmentedControl
            {...labelled}
            value={density}
            onChange={(next) => {
              setDensity(next as Density);
              applyDensity(next as Density);
            }}
            data={(['comfortable', 'compact'] as const).map((value) => ({
              value,
              label: t(`preferences.${value}`),
            }))}
          />
        )}
      </Choice>
    </Page>
  );
}

function Choice(props: { label: string; children: (labelled: { 'aria-labelledby': string }) => ReactNode }) {
  const id = useId();
  return (
    <div className={classes['choice']}>
      <span id={id} className={classes['choiceLabel']}>
        {props.label}
      </span>
      {props.children({ 'aria-labelledby': id })}
    </div>
  );
}

/** All zones of the browser, and the person's own, which may be one it calls by another name. */
function zones(own: string): string[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
}

function usePreferenceChange() {
  const t = useTranslate();
  const put = (session: SessionView | null | undefined): void => {
    queryClient.setQueryData<SessionView | null>(sessionQuery.queryKey, session ?? null);
    if (session) void activateLocale(session.person.locale);
  };
  return useMutation({
    mutationFn: changePreferences,
    onMutate: (change: PreferencesRequest) => {
      const before = queryClient.getQueryData(sessionQuery.queryKey);
      if (before) put({ ...before, person: { ...before.person, ...change } });
      return before;
    },
    onError: (error, _change, before) => {
      put(before);
      showProblem(error, t, t('preferences.not_saved'));
    },
  });
}
