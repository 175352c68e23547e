import { Popover, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SlaClockView, SlaExplanationView } from '@tributary/contracts';
import { useState } from 'react';
import { slaQuery } from '../../api/tickets.js';
import { durationText } from '../../i18n/time-text.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { LateSkeleton } from '../../ui/LateSkeleton.js';
import { Notice } from '../../ui/Notice.js';
import { SlaChip } from '../../ui/SlaChip.js';
import classes from './why.module.css';

/** The clock, and behind it why it is due then. */
export function SlaWhy({ ticketId, clock }: { ticketId: string; clock: SlaClockView }) {
  const t = useTranslate();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={400} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes['clock']}

          onClick={() => setOpened(!opened)}
        >
          <SlaChip clock={clock} boxed />
          <span className={classes['askSla']}>{t('why.ask')}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={`${classes['sheet']} scroll`} aria-label={t('why.sla_title')}>
        {opened && <Clocks ticketId={ticketId} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Clocks({ ticketId }: { ticketId: string }) {
  const t = useTranslate();
  const { data, error, refetch } = useQuery(slaQuery(ticketId));
  if (!data) {
    return error ? (
      <Notice error={error} onRetry={() => void refetch()} />
    ) : (
      <LateSkeleton rows={3} label={t('why.loading')} />
    );
  }
  if (data.clocks.length === 0) return <p className={classes['quiet']}>{t('details.no_clocks')}</p>;
  return data.clocks.map((clock) => <Clock key={clock.metric} clock={clock} />);
}

type ExplainedClock = SlaExplanationView['clocks'][number];

function Clock({ clock }: { clock: ExplainedClock }) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  return (
    <section className={classes['clockBlock']}>
      <h3 className={classes['clockHead']}>
        {t(`metric.${clock.metric}`)}
        <SlaChip clock={clock} />
      </h3>
      <p>
        {t('why.sla_promise', {
          target: durationText(clock.targetSeconds, t),
          policy: clock.policyName,
          calendar: clock.calendarName,
        })}{' '}
        {clock.dueAt && t('why.sla_due', { at: time.exact(clock.dueAt) })}
      </p>
      <ol className={classes['intervals']}>
        {clock.intervals.map((interval) => (
          <li key={interval.from} data-kind={interval.kind}>
            <span className={classes['span']}>
              {interval.to
                ? time.span(interval.from, interval.to)
                : `${time.moment(interval.from, now)} – ${t('why.until_now')}`}
            </span>
            <span>{intervalText(interval)}</span>
            <span className={classes['left']}>{durationText(interval.seconds, t)}</span>
          </li>
        ))}
      </ol>
      <p className={classes['quiet']}>
        {t('why.sla_used', {
          used: durationText(clock.consumedSeconds, t),
          target: durationText(clock.targetSeconds, t),
        })}
      </p>
    </section>
  );

  function intervalText({ kind, cause }: ExplainedClock['intervals'][number]): string {
    const name = t(`why.interval.${kind}`);
    return cause ? t('why.interval_cause', { name, cause: causeText(cause) }) : name;
  }

  function causeText(cause: string): string {
    return cause === 'outside hours' ? t('why.outside_hours') : cause;
  }
}
