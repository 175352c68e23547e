import { ApiError } from '../api/http.js';
import type { MessageId } from './message-ids.js';
import type { Translate } from './use-translate.js';

/** Codes for which the console knows better words than the server's: what happened and what to do. */
const KNOWN: Readonly<Record<string, MessageId>> = {
  NETWORK: 'problem.network',
  UNREADABLE_ANSWER: 'problem.unreadable',
  VERSION_CONFLICT: 'problem.version_conflict',
  TICKET_CLOSED: 'problem.ticket_closed',
  NOT_FAILED: 'problem.not_failed',
  CONSENT_WITHDRAWN: 'sending.consent_withdrawn',
  SEND_WINDOW_CLOSED: 'sending.window_over',
  SEND_BUDGET_SPENT: 'sending.budget_spent',
  SEND_POLICY_UNKNOWN: 'sending.policy_unknown',
};

const BY_STATUS: Readonly<Record<number, MessageId>> = {
  401: 'problem.signed_out',
  403: 'problem.forbidden',
  404: 'problem.not_found',
  413: 'problem.too_large',
  429: 'problem.too_many',
};

/** An error in the agent's words. What we have no words for shows the server's own, never a bare number alone. */
export function problemText(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('problem.unknown');
  const known = KNOWN[error.code] ?? BY_STATUS[error.status];
  if (known) return t(known);
  const detail = error.problem?.detail ?? error.problem?.title;
  if (error.status >= 500) return t('problem.server', { code: error.code });
  return detail ? t('problem.refused', { detail }) : t('problem.refused_code', { code: error.code });
}
