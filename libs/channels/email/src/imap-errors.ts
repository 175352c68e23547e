import { ChannelError } from '@tributary/channel-sdk';

/** What imapflow says about a failed session. */
interface ImapFailure {
  readonly authenticationFailed?: boolean;
  readonly serverResponseCode?: string;
  readonly responseStatus?: string;
  readonly responseText?: string;
  readonly code?: string;
}

/**
 * Only a plain refusal of the password is `bad_credentials`; a throttled sign-in looks similar and passes by
 * itself (imapflow does not mark it as failed since 2.3.0).
 */
export function imapError(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error;
  const failure = error as ImapFailure;
  const said = failure.responseText ?? (error instanceof Error ? error.message : 'the session failed');
  const refused =
    failure.authenticationFailed === true &&
    (failure.serverResponseCode === undefined || failure.serverResponseCode === 'AUTHENTICATIONFAILED');
  return new ChannelError(refused ? 'bad_credentials' : 'unavailable', said.slice(0, 1000), undefined, {
    cause: error,
  });
}
