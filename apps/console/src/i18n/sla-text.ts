import type { SlaClockView } from '@tributary/contracts';
import type { MessageId } from './message-ids.js';
import { countdownText, durationText } from './time-text.js';
import type { Translate } from './use-translate.js';

/** How much a clock should draw the eye. Always said in words too. */
export type SlaTone = 'calm' | 'soon' | 'late' | 'done' | 'paused';

export interface SlaText {
  readonly tone: SlaTone;
  readonly text: string;
}

const HOUR = 3600;

/** What a clock says now. A clock that runs out between two readings is called breached at once. */
export function slaText(clock: SlaClockView, now: number, t: Translate): SlaText {
  switch (clock.state) {
    case 'met':
      return { tone: 'done', text: t('sla.met') };
    case 'cancelled':
      return { tone: 'done', text: t('sla.cancelled') };
    case 'paused':
      return { tone: 'paused', text: pausedText(clock, t) };
    case 'breached':
      return breachedText(clock, now, t);
    case 'running':
      return runningText(clock, now, t);
  }
}

function pausedText(clock: SlaClockView, t: Translate): string {
  const left = clock.targetSeconds - clock.consumedSeconds;
  return left > 0 ? t('sla.paused_left', { left: durationText(left, t) }) : t('sla.paused');
}

function breachedText(clock: SlaClockView, now: number, t: Translate): SlaText {
  const since = clock.breachedAt ?? clock.dueAt;
  if (since === null) return { tone: 'late', text: t('sla.breached') };
  const until = clock.stoppedAt === null ? now : Date.parse(clock.stoppedAt);
  const by = durationText((until - Date.parse(since)) / 1000, t);
  const id: MessageId = clock.stoppedAt === null ? 'sla.breached_by' : 'sla.late_by';
  return { tone: clock.stoppedAt === null ? 'late' : 'done', text: t(id, { by }) };
}

function runningText(clock: SlaClockView, now: number, t: Translate): SlaText {
  if (clock.dueAt === null) return { tone: 'calm', text: t('sla.no_due') };
  const left = (Date.parse(clock.dueAt) - now) / 1000;
  if (left <= 0) return { tone: 'late', text: t('sla.breached_by', { by: durationText(-left, t) }) };
  const warned = clock.warnAt !== null && now >= Date.parse(clock.warnAt);
  const time = left < HOUR ? countdownText(left) : durationText(left, t);
  return { tone: warned ? 'soon' : 'calm', text: t('sla.left', { time }) };
}

/** Whether the text changes by the second; all others are fine by the minute. */
export function countsBySecond(clock: SlaClockView, now: number): boolean {
  if (clock.state === 'running' && clock.dueAt !== null) {
    const left = (Date.parse(clock.dueAt) - now) / 1000;
    return left < HOUR + 60 && left > -60;
  }
  return false;
}
