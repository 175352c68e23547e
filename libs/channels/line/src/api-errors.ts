import {
  asPayload,
  ChannelError,
  type ChannelErrorCode,
  type ChannelResponse,
  readPayload,
  textAt,
} from '@tributary/channel-sdk';

interface Row {
  readonly status: number;
  readonly says?: RegExp;
  readonly code: ChannelErrorCode;
}

/** What a refusal means; the first row that fits. 5xx is a passing fault whatever it says. */
const ROWS: readonly Row[] = [
  { status: 401, code: 'bad_credentials' },
  { status: 403, code: 'bad_credentials' },
  { status: 429, code: 'rate_limited' },
  { status: 413, code: 'unsupported' },
  { status: 400, says: /length must be between/i, code: 'unsupported' },
  { status: 400, code: 'rejected_permanently' },
  { status: 404, code: 'rejected_permanently' },
  { status: 410, code: 'rejected_permanently' },
];

const MONTHLY_LIMIT = /monthly limit/i;

/** @param now of the call: the monthly limit ends with the month. */
export function lineError({ status, body }: ChannelResponse, now: Date): ChannelError {
  const answer = readPayload(body);
  const details = Array.isArray(answer?.['details']) ? (answer['details'] as unknown[]) : [];
  const said = [answer, ...details].map((each) => textAt(asPayload(each), 'message')).filter(Boolean);
  const message = said.join('; ') || `status ${status}`;
  const row = ROWS.find((each) => each.status === status && (each.says?.test(message) ?? true));
  const code = row?.code ?? (status >= 500 ? 'unavailable' : 'rejected_permanently');
  const retryAfterMs = status === 429 && MONTHLY_LIMIT.test(message) ? untilNextMonth(now) : undefined;
  return new ChannelError(code, `LINE: ${message}`, retryAfterMs);
}

/** Months of LINE begin in Japan, nine hours before they do at Greenwich. */
function untilNextMonth(now: Date): number {
  const ahead = 9 * 60 * 60 * 1000;
  const there = new Date(now.getTime() + ahead);
  return Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 1) - there.getTime();
}
