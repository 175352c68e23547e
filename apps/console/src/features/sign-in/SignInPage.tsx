import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useLingui } from '@lingui/react';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { Locale, SessionView, SignInRequest } from '@tributary/contracts';
import { useCallback, useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiError } from '../../api/http.js';
import { putPresence } from '../../api/presence.js';
import { queryClient } from '../../api/query-client.js';
import { changePreferences, sessionQuery, signIn } from '../../api/session.js';
import { activateLocale } from '../../i18n/i18n.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Logo } from '../../ui/Logo.js';
import { Notice } from '../../ui/Notice.js';
import classes from './sign-in.module.css';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const t = useTranslate();
  const { token } = route.useSearch();
  const router = useRouter();
  const enter = useEnter();
  const [linkFailed, setLinkFailed] = useState<unknown>(null);
  const tried = useRef(false);

  useEffect(() => {
    // A one-time link must not be spent twice, and React's strict mode runs effects twice.
    if (!token || tried.current) return;
    tried.current = true;
    enter({ linkToken: token }, { startsWork: true }).catch(async (error: unknown) => {
      // The same link opened again in a browser that it has signed in already: nothing is wrong.
      const session = await queryClient.fetchQuery(sessionQuery).catch(() => null);
      if (session) await router.navigate({ to: '/', replace: true });
      else setLinkFailed(error);
    });
  }, [token, enter, router]);

  const byLink = Boolean(token) && linkFailed === null;
  return (
    <main className={classes['page']}>
      <div className={classes['card']}>
        <div className={classes['brand']}>
          <Logo size={30} />
          <span>Tributary</span>
        </div>
        {byLink ? (
          <p className={classes['entering']} role="status">
            {t('sign_in.by_link')}
          </p>
        ) : (
          <>
            <h1 className={classes['title']}>{t('sign_in.title')}</h1>
            {linkFailed !== null && <LinkFault error={linkFailed} />}
            <PasswordForm enter={enter} />
            <p className={classes['help']}>{t('sign_in.help')}</p>
          </>
        )}
      </div>
      <LanguageChoice />
    </main>
  );
}

type Enter = (request: SignInRequest, options?: { startsWork?: boolean }) => Promise<void>;

/** The language picked on this page, which then is kept for the person; null while nobody picked one. */
let pickedLocale: Locale | null = null;

function useEnter(): Enter {
  const router = useRouter();
  const { back } = route.useSearch();
  return useCallback<Enter>(
    async (request, options) => {
      await signIn(request);
      queryClient.clear();
      const session = await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
      if (!session) throw new ApiError('COOKIE_REFUSED', 0, null);
      if (pickedLocale && pickedLocale !== session.person.locale) await keepLocale(session, pickedLocale);
      // Whoever comes by the link comes to work; a refusal here is shown by the presence switch itself.
      if (options?.startsWork) await putPresence('available').catch(() => undefined);
      await router.navigate({ to: back ?? '/', replace: true });
    },
    [router, back],
  );
}

async function keepLocale(session: SessionView, locale: Locale): Promise<void> {
  await changePreferences({ locale }).catch(() => undefined);
  const kept: SessionView = { ...session, person: { ...session.person, locale } };
  queryClient.setQueryData(sessionQuery.queryKey, kept);
}

function LinkFault({ error }: { error: unknown }) {
  const t = useTranslate();
  if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
    return (
      <p className={classes['fault']} role="alert">
        {t('sign_in.link_spent')}
      </p>
    );
  }
  return <Notice error={error} onRetry={() => window.location.reload()} />;
}

function PasswordForm({ enter }: { enter: Enter }) {
  const t = useTranslate();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refused = error instanceof ApiError && [400, 401, 422].includes(error.status);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await enter({ email: email.trim(), password });
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  };

  return (
    <form className={classes['form']} onSubmit={(event) => void submit(event)}>
      {error !== null && !refused && <Notice error={error} />}
      <TextInput
        label={t('sign_in.email')}
        type="email"
        name="email"
        autoComplete="username"
        required
        withAsterisk={false}
        autoFocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('sign_in.password')}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        error={refused ? t('sign_in.refused') : undefined}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password') }}
      />
      <Button type="submit" size="sm" fullWidth loading={busy}>
        {t('sign_in.submit')}
      </Button>
    </form>
  );
}

function LanguageChoice() {
  const t = useTranslate();
  const { i18n } = useLingui();
  return (
    <SegmentedControl
      aria-label={t('preferences.language')}
      size="xs"
      value={i18n.locale}
      onChange={(locale) => {
        pickedLocale = locale as Locale;
        void activateLocale(pickedLocale);
      }}
      data={[
        { value: 'en', label: 'English' },
        { value: 'zh-CN', label: '中文' },
      ]}
    />
  );
}
