import { useQuery } from '@tanstack/react-query';
import type { ReplyRoute, TicketDetail, UploadView } from '@tributary/contracts';
import { channelsQuery } from '../../api/tickets.js';
import { useNow, useTime } from '../../i18n/use-time.js';
import { useTranslate } from '../../i18n/use-translate.js';
import type { ComposerMode } from './outbox.js';
import { sendingHint, sendingObstacle } from './sending-text.js';
import { isFilled, type TemplateDraft } from './template-text.js';

export interface Limits {
  readonly maxTextLength: number | null;
  readonly attachments: boolean;
}

/** What the route's channel allows; until it is known, everything. */
export function useLimits({ channel }: ReplyRoute): Limits {
  const { data } = useQuery(channelsQuery);
  const view = data?.find((each) => each.channel === channel);
  return { maxTextLength: view?.maxTextLength ?? null, attachments: view?.attachments ?? true };
}

interface Attempt {
  readonly ticket: TicketDetail;
  readonly mode: ComposerMode;
  readonly text: string;
  readonly uploads: readonly UploadView[];
  readonly uploading: boolean;
  readonly limits: Limits;
  readonly route: ReplyRoute;
  readonly template: TemplateDraft | null;
}

/** Why this cannot be sent, said before sending; null when it can, and '' when there is simply nothing yet. */
export function useObstacle(attempt: Attempt): string | null {
  const { ticket, mode, text, uploads, uploading, limits, route, template } = attempt;
  const t = useTranslate();
  const now = useNow('minute');
  if (mode === 'reply' && ticket.status === 'closed') return t('composer.closed');
  if (mode === 'reply' && template !== null) {
    if (uploads.length > 0) return t('template.no_files');
    return isFilled(template) ? null : t('template.incomplete');
  }
  const shut = mode === 'reply' ? sendingObstacle(route.sending, uploads.length, now, t) : null;
  if (shut !== null) return shut;
  if (uploading) return t('composer.uploading');
  if (text.trim() === '' && uploads.length === 0) return '';
  if (text.trim() === '') return t('composer.text_missing');
  if (mode === 'note') return null;
  if (limits.maxTextLength !== null && text.length > limits.maxTextLength) {
    return t('composer.too_long', { over: text.length - limits.maxTextLength });
  }
  return uploads.length > 0 && !limits.attachments ? t('composer.no_attachments') : null;
}

/** How many replies the channel leaves, and until when; null where there is nothing to tell. */
export function useSendingHint({ sending }: ReplyRoute): string | null {
  const t = useTranslate();
  const now = useNow('minute');
  const time = useTime();
  return sendingHint(sending, now, time, t);
}
