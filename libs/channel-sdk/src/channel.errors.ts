/** Why a provider refused or failed; the host's retry policy reads nothing else. */
export type ChannelErrorCode =
  | 'rate_limited'
  | 'unavailable'
  | 'rejected_permanently'
  | 'window_closed'
  | 'bad_credentials'
  | 'unsupported'
  /** The provider may have taken it (connection lost after the data): sent again with the same id. */
  | 'unknown_outcome';

export class ChannelError extends Error {
  constructor(
    readonly code: ChannelErrorCode,
    message: string,
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const RETRYABLE: ReadonlySet<ChannelErrorCode> = new Set(['rate_limited', 'unavailable', 'unknown_outcome']);

/** True when the same send may succeed later by itself. */
export function isRetryable(error: ChannelError): boolean {
  return RETRYABLE.has(error.code);
}
