import { ChannelError, type ChannelErrorCode } from '@tributary/channel-sdk';

/** What nodemailer says about a failed attempt. */
export interface SmtpFailure {
  /** nodemailer's code: `EAUTH`, `ECONNECTION` ... */
  readonly code?: string;
  /** The server's reply, when it gave one. */
  readonly responseCode?: number;
  readonly response?: string;
}

interface Row {
  readonly name: string;
  readonly when: (failure: SmtpFailure, dataBegun: boolean) => boolean;
  readonly give: ChannelErrorCode;
}

const status = ({ response }: SmtpFailure) => /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response ?? '')?.[0] ?? '';
const reply = (...codes: number[]) => {
  return ({ responseCode }: SmtpFailure) => responseCode !== undefined && codes.includes(responseCode);
};
const isTransient = ({ responseCode = 0 }: SmtpFailure) => responseCode >= 400 && responseCode < 500;
const isPermanent = ({ responseCode = 0 }: SmtpFailure) => responseCode >= 500;
const local = (...codes: string[]) => {
  return ({ code = '', responseCode }: SmtpFailure) => responseCode === undefined && codes.includes(code);
};

/**
 * First row that fits. 4xx may pass later, 5xx never does (RFC 5321, 4.2.1); a connection lost from DATA on may
 * have delivered, so it is sent again under the same Message-ID.
 */
export const SMTP_ERRORS: readonly Row[] = [
  {
    name: 'no encryption, whatever the server answers to STARTTLS',
    when: (f) => f.code === 'ETLS',
    give: 'unavailable',
  },
  {
    name: 'sign-in is throttled or down (454 4.7.0, 421)',
    when: (f) => f.code === 'EAUTH' && isTransient(f),
    give: 'unavailable',
  },
  { name: 'sign-in is refused (535 5.7.8)', when: reply(530, 534, 535, 538), give: 'bad_credentials' },
  { name: 'sign-in is refused otherwise', when: (f) => f.code === 'EAUTH', give: 'bad_credentials' },
  { name: 'the server asks for a sign-in and none is set', when: local('ENOAUTH'), give: 'bad_credentials' },
  {
    name: 'passwords are no longer taken (Microsoft 365: 550 5.7.30)',
    when: (f) => isPermanent(f) && status(f) === '5.7.30',
    give: 'bad_credentials',
  },
  {
    name: 'daily quota is used up (Gmail: 550 5.4.5)',
    when: (f) => isPermanent(f) && status(f) === '5.4.5',
    give: 'rate_limited',
  },
  {
    name: 'too many mails for now',
    when: (f) => isTransient(f) && /\brate\b|too (?:many|fast|much)|throttl|quota/i.test(f.response ?? ''),
    give: 'rate_limited',
  },
  { name: 'any other 4xx', when: isTransient, give: 'unavailable' },
  { name: 'any other 5xx', when: isPermanent, give: 'rejected_permanently' },
  {
    name: 'an address or the size is refused before sending',
    when: local('EENVELOPE', 'EMESSAGE', 'EFILEACCESS', 'EURLACCESS'),
    give: 'rejected_permanently',
  },
  {
    name: 'the connection is lost from DATA on',
    when: (_f, dataBegun) => dataBegun,
    give: 'unknown_outcome',
  },
  { name: 'no connection', when: () => true, give: 'unavailable' },
];

/**
 * @param dataBegun the server had said 354 and was getting the mail.
 * @returns its message names the server's reply; never a password.
 */
export function smtpError(error: unknown, dataBegun: boolean): ChannelError {
  if (error instanceof ChannelError) return error;
  const failure = error as SmtpFailure;
  const row = SMTP_ERRORS.find(({ when }) => when(failure, dataBegun));
  const said = failure.response ?? (error instanceof Error ? error.message : 'sending failed');
  return new ChannelError(row?.give ?? 'unavailable', said.slice(0, 1000), undefined, { cause: error });
}
