import type { SendingView } from '@tributary/contracts';
import type { MessageId } from '../../i18n/message-ids.js';
import type { TimeFormat } from '../../i18n/time-text.js';
import type { Translate } from '../../i18n/use-translate.js';

const CLOSED: Readonly<Record<Extract<SendingView, { state: 'closed' }>['reason'], MessageId>> = {
  consent_withdrawn: 'sending.consent_withdrawn',
  not_begun: 'sending.not_begun',
  window_over: 'sending.window_over',
  budget_spent: 'sending.budget_spent',
  policy_unknown: 'sending.policy_unknown',
};

/**
 * Why the channel takes no reply now; null when it does. Time passes while a ticket is open, so the end of the window
 * is looked at again here.
 *
 * @param files that go along: where messages are counted, each is one.
 */
export function sendingObstacle(
  sending: SendingView,
  files: number,
  now: number,
  t: Translate,
): string | null {
  if (sending.state === 'closed') return t(CLOSED[sending.reason]);
  if (sending.until !== null && now > Date.parse(sending.until)) return t('sending.window_over');
  if (sending.left === null || sending.left > files) return null;
  return sending.left === 0 ? t('sending.budget_spent') : t('sending.too_many_files', { left: sending.left });
}

/** What the channel leaves; null where it leaves everything. */
export function sendingHint(
  sending: SendingView,
  now: number,
  time: TimeFormat,
  t: Translate,
): string | null {
  if (sending.state === 'closed') return null;
  const parts = [
    sending.left !== null && t('sending.left', { left: sending.left }),
    sending.until !== null && t('sending.until', { at: time.moment(sending.until, now) }),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(' · ') : null;
}
