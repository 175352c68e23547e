import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ColleagueNoticesView, InboxHealthView, InboxWayView } from '@tributary/contracts';
import type { ReactNode } from 'react';
import { inboxHealthQuery, retryInbox } from '../../api/admin.js';
import { queryClient } from '../../api/query-client.js';
import { showProblem } from '../../app/show-problem.js';
import { durationText } from '../../i18n/time-text.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Ago } from '../../ui/Ago.js';
import classes from './settings.module.css';

/** How an inbox is doing: traffic, the ways to its provider, the last day, and what failed. */
export function InboxHealth({ inboxId, health }: { inboxId: string; health: InboxHealthView }) {
  const t = useTranslate();
  const { lastDay } = health;
  return (
    <>
      <section className={classes['section']}>
        <h2>{t('health.traffic')}</h2>
        <dl className={classes['numbers']}>
          <Fact name={t('inboxes.last_in')}>
            <Moment at={health.lastInboundAt} />
          </Fact>
          <Fact name={t('inboxes.last_out')}>
            <Moment at={health.lastOutboundAt} />
          </Fact>
          <Fact name={t('health.lag')} isBad={health.queued.oldestAt !== null}>
            <Lag health={health} />
          </Fact>
        </dl>
      </section>
      <Ways inboxId={inboxId} health={health} />
      <section className={classes['section']}>
        <h2>{t('health.last_day')}</h2>
        <dl className={classes['numbers']}>
          <Fact name={t('health.accepted')}>{lastDay.accepted}</Fact>
          <Fact name={t('health.duplicates')}>{lastDay.duplicates}</Fact>
          <Fact name={t('health.quarantined')} isBad={lastDay.quarantined > 0}>
            {lastDay.quarantined}
          </Fact>
          <Fact name={t('health.refused')} isBad={lastDay.refused > 0}>
            {lastDay.refused}
            {lastDay.refusedReason && <small>{lastDay.refusedReason}</small>}
          </Fact>
        </dl>
        <p className={classes['itemDetail']}>{t('health.last_day_help')}</p>
      </section>
      {health.notices && <Notices notices={health.notices} />}
      <Failures failures={health.failures} />
    </>
  );
}

function Fact({ name, isBad = false, children }: { name: string; isBad?: boolean; children: ReactNode }) {
  return (
    <div data-bad={isBad || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moment({ at }: { at: string | null }) {
  const t = useTranslate();
  return at ? <Ago at={at} /> : t('inboxes.never');
}

function Lag({ health: { queued } }: { health: InboxHealthView }) {
  const t = useTranslate();
  const now = useNow('second');
  if (queued.oldestAt === null) return t('health.nothing_waits');
  const seconds = (now - Date.parse(queued.oldestAt)) / 1000;
  return (
    <>
      {durationText(seconds, t)}
      <small>{t('health.replies_wait', { count: queued.replies })}</small>
    </>
  );
}

function Ways({ inboxId, health }: { inboxId: string; health: InboxHealthView }) {
  const t = useTranslate();
  const time = useTime();
  const retry = useMutation({
    mutationFn: () => retryInbox(inboxId),
    onSuccess: (view) => queryClient.setQueryData(inboxHealthQuery(inboxId).queryKey, view),
    onError: (error) => showProblem(error, t, t('health.not_retried')),
  });
  const fails = health.ways.some(({ failures }) => failures > 0);
  return (
    <section className={classes['section']}>
      <div className={classes['sectionHead']}>
        <h2>{t('health.provider')}</h2>
        {fails && (
          <Button
            size="compact-sm"
            variant="default"
            loading={retry.isPending}
            onClick={() => retry.mutate()}
          >
            {t('health.retry')}
          </Button>
        )}
      </div>
      {health.ways.length === 0 && <p className={classes['itemDetail']}>{t('health.no_trouble')}</p>}
      <ul className={classes['ways']}>
        {health.ways.map((way) => (
          <Way key={way.way} way={way} />
        ))}
      </ul>
      {health.credentials.map(({ name, renewsAt }) => (
        <p key={name} className={classes['itemDetail']} title={time.exact(renewsAt)}>
          {t('health.token', { name, at: time.exact(renewsAt) })}
        </p>
      ))}
    </section>
  );
}

function Way({ way }: { way: InboxWayView }) {
  const t = useTranslate();
  const now = useNow('second');
  const state = way.openSince ? 'open' : way.failures > 0 ? 'failing' : 'well';
  const seconds = way.retryAt === null ? null : (Date.parse(way.retryAt) - now) / 1000;
  return (
    <li data-state={state}>
      <span className={classes['wayName']}>{t(`way.${way.way}`)}</span>
      <span className={classes['wayState']}>{t(`way.state_${state}`)}</span>
      {state !== 'well' && (
        <div className={classes['wayWhy']}>
          <span>
            {way.lastError} {way.lastErrorAt && <Ago at={way.lastErrorAt} />}
          </span>
          <span>
            {t('way.failures', { count: way.failures })}
            {way.waiting > 0 && ` · ${t(`way.waiting_${way.way}`, { count: way.waiting })}`}
            {seconds !== null && ` · ${retryText(seconds)}`}
          </span>
        </div>
      )}
    </li>
  );

  function retryText(left: number): string {
    return left <= 0 ? t('way.tried_now') : t('way.tried_in', { time: durationText(left + 1, t) });
  }
}

function Notices({ notices }: { notices: ColleagueNoticesView }) {
  const t = useTranslate();
  const { lastRefusal: last } = notices;
  return (
    <section className={classes['section']}>
      <h2>{t('health.notices')}</h2>
      <dl className={classes['numbers']}>
        <Fact name={t('health.notices_told')}>{notices.told}</Fact>
        <Fact name={t('health.notices_present')}>{notices.present}</Fact>
        <Fact name={t('health.notices_unneeded')}>{notices.unneeded}</Fact>
        <Fact name={t('health.notices_late')} isBad={notices.late > 0}>
          {notices.late}
        </Fact>
        <Fact name={t('health.notices_refused')} isBad={notices.refused > 0}>
          {notices.refused}
        </Fact>
      </dl>
      {last && (
        <p className={classes['wayWhy']}>
          <span>{t('health.notices_last', { name: last.personName, detail: last.detail })}</span>
          <Ago at={last.at} />
        </p>
      )}
      <p className={classes['itemDetail']}>{t('health.notices_help')}</p>
    </section>
  );
}

function Failures({ failures }: Pick<InboxHealthView, 'failures'>) {
  const t = useTranslate();
  if (failures.length === 0) return null;
  return (
    <section className={classes['section']}>
      <h2>{t('health.failures')}</h2>
      <ul className={classes['failures']}>
        {failures.map(({ at, code, detail, ticketId, ticketNumber }) => (
          <li key={`${at} ${ticketId}`}>
            <Link to="/tickets/$view/$ticketId" params={{ view: 'all', ticketId }}>
              #{ticketNumber}
            </Link>
            <span>{detail ?? code ?? t('delivery.no_reason')}</span>
            <Ago at={at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
