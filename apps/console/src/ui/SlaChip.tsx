import { IconAlarm, IconCircleCheck, IconClock, IconPlayerPause } from '@tabler/icons-react';
import type { SlaClockView } from '@tributary/contracts';
import { countsBySecond, slaText, type SlaTone } from '../i18n/sla-text.js';
import { useNow, useTime } from '../i18n/use-time.js';
import { useTranslate } from '../i18n/use-translate.js';
import classes from './ui.module.css';

const ICONS = {
  calm: IconClock,
  soon: IconClock,
  late: IconAlarm,
  done: IconCircleCheck,
  paused: IconPlayerPause,
} satisfies Record<SlaTone, unknown>;

/** Time left or overdue, live, in words and with a sign; the exact moment on hover. */
export function SlaChip({ clock, boxed = false }: { clock: SlaClockView; boxed?: boolean }) {
  const now = useNow('minute');
  return countsBySecond(clock, now) ? (
    <CountingChip clock={clock} boxed={boxed} />
  ) : (
    <SteadyChip clock={clock} boxed={boxed} />
  );
}

function CountingChip(props: { clock: SlaClockView; boxed: boolean }) {
  return <Chip {...props} now={useNow('second')} />;
}

function SteadyChip(props: { clock: SlaClockView; boxed: boolean }) {
  return <Chip {...props} now={useNow('minute')} />;
}

function Chip({ clock, boxed, now }: { clock: SlaClockView; boxed: boolean; now: number }) {
  const t = useTranslate();
  const time = useTime();
  const { tone, text } = slaText(clock, now, t);
  const Icon = ICONS[tone];
  const metric = t(`metric.${clock.metric}`);
  const title = clock.dueAt ? t('sla.title_due', { metric, at: time.exact(clock.dueAt) }) : metric;
  return (
    <span className={classes['chip']} data-tone={tone} data-boxed={boxed || undefined} title={title}>
      <Icon size={13} stroke={1.8} aria-hidden />
      <span>{text}</span>
    </span>
  );
}
