import type { MessageId } from '../../i18n/message-ids.js';
import type { Translate } from '../../i18n/use-translate.js';

const REASONS: Readonly<Record<string, MessageId>> = {
  unavailable: 'media.unavailable',
  rate_limited: 'media.unavailable',
  unknown_outcome: 'media.unavailable',
  rejected_permanently: 'media.rejected',
  unsupported: 'media.rejected',
  bad_credentials: 'media.bad_credentials',
  too_large: 'media.too_large',
  inbox_gone: 'media.inbox_gone',
};

/** Why a file is not here; a reason that this console does not know is shown by its code. */
export function mediaFailureText(reason: string | null, t: Translate): string {
  const known = REASONS[reason ?? ''];
  return t('media.failed', { reason: known ? t(known) : (reason ?? t('value.unknown')) });
}
