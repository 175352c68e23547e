import { SegmentedControl, Select, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { PreferencesRequest, SessionView } from '@tributary/contracts';
import { useId, useState } from 'react';
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
  const save = usePreferenceChange();
  return (
    <Page title={t('settings.preferences')} purpose={t('settings.preferences_help')}>
      <Choice
        label={t('preferences.language')}
        value={person.locale}
        onChange={(locale) => save.mutate({ locale })}
        data={[
          { value: 'en', label: 'English' },
          { value: 'zh-CN', label: '中文' },
        ]}
      />
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
      <Look />
    </Page>
  );
}

/** What is of this machine, not of the person: a dark office and a bright one want different things. */
function Look() {
  const t = useTranslate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useState(rememberedDensity);
  return (
    <>
      <Choice
        label={t('preferences.scheme')}
        value={colorScheme}
        onChange={setColorScheme}
        data={(['auto', 'light', 'dark'] as const).map((value) => ({
          value,
          label: t(`preferences.scheme_${value}`),
        }))}
      />
      <Choice<Density>
        label={t('preferences.density')}
        value={density}
        onChange={(next) => {
          setDensity(next);
          applyDensity(next);
        }}
        data={(['comfortable', 'compact'] as const).map((value) => ({
          value,
          label: t(`preferences.${value}`),
        }))}
      />
    </>
  );
}

function Choice<Value extends string>(props: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  data: { value: Value; label: string }[];
}) {
  const id = useId();
  const { label, value, onChange, data } = props;
  return (
    <div className={classes['choice']}>
      <span id={id} className={classes['choiceLabel']}>
        {label}
      </span>
      <SegmentedControl
        aria-labelledby={id}
        value={value}
        onChange={(next) => onChange(next as Value)}
        data={data}
      />
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
