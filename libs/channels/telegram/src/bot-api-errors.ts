import { ChannelError, type ChannelErrorCode } from '@tributary/channel-sdk';

interface Row {
  readonly status: number;
  readonly says?: RegExp;
  readonly code: ChannelErrorCode;
}

/**
 * What a refusal means; the first row that fits. Telegram promises no texts: a row without one catches what its
 * status says at least.
 */
const ROWS: readonly Row[] = [
  { status: 401, code: 'bad_credentials' },
  // A token that never was one is an address that is not there.
  { status: 404, code: 'bad_credentials' },
  { status: 403, says: /can't initiate conversation/i, code: 'window_closed' },
  { status: 403, code: 'rejected_permanently' },
  { status: 413, code: 'unsupported' },
  { status: 400, says: /too long|too big/i, code: 'unsupported' },
  { status: 400, code: 'rejected_permanently' },
  // Two ask, or a webhook is set: it goes on as soon as an administrator ends the other.
  { status: 409, code: 'unavailable' },
  { status: 429, code: 'rate_limited' },
];

const CONFLICT =
  'This bot has a webhook, or something else asks for its updates; see “Polling” in the guide.';

/** @param retryAfter in seconds, as Telegram gives it. */
export function botApiError(status: number, description: string, retryAfter?: number): ChannelError {
  const row = ROWS.find((each) => each.status === status && (each.says?.test(description) ?? true));
  const code = row?.code ?? (status >= 500 ? 'unavailable' : 'rejected_permanently');
  return new ChannelError(
    code,
    status === 409 ? `${CONFLICT} Telegram: ${description}` : `Telegram: ${description}`,
    retryAfter === undefined ? undefined : retryAfter * 1000,
  );
}
