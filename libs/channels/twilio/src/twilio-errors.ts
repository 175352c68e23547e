import { ChannelError, type ChannelErrorCode } from '@tributary/channel-sdk';

interface ErrorRow {
  readonly name: string;
  readonly codes: readonly number[];
  readonly give: ChannelErrorCode;
  /** For the agent whose reply it was. */
  readonly detail: string;
}

/**
 * Twilio's codes as the host's retry policy reads them; whatever stands in none of them counts by its HTTP status.
 * https://www.twilio.com/docs/api/errors, read 2026-11-24.
 */
export const TWILIO_ERRORS: readonly ErrorRow[] = [
  {
    name: 'too many requests, or too many messages waiting',
    codes: [14107, 20429, 21611, 30001, 30022, 63018],
    give: 'rate_limited',
    detail: 'Twilio or the network asks to send more slowly.',
  },
  {
    name: 'the account cannot be used',
    codes: [20003, 20005, 20006, 20404, 30002],
    give: 'bad_credentials',
    detail: 'Twilio does not take the account SID and auth token of this inbox, or the account is suspended.',
  },
  {
    name: 'the customer opted out',
    codes: [21610],
    give: 'window_closed',
    detail: 'The customer has opted out with STOP and must write START before a reply can reach them.',
  },
  {
    name: 'the 24 hours are over',
    codes: [63016],
    give: 'window_closed',
    detail:
      'More than 24 hours have passed since the customer wrote: WhatsApp takes only approved templates.',
  },
  {
    name: 'the template is unknown, not approved, or filled wrongly',
    codes: [21655, 21656, 63027, 63028, 63040, 63041, 63042],
    give: 'rejected_permanently',
    detail: 'WhatsApp does not take this template: it is not approved any more, or its variables do not fit.',
  },
  {
    name: 'the number is none, or takes no messages',
    codes: [21211, 21265, 21614, 21635, 30005, 30006, 63003, 63024],
    give: 'rejected_permanently',
    detail: 'The customer’s number does not exist or takes no messages.',
  },
  {
    name: 'the country or the route is closed',
    codes: [21408, 21612, 30036, 30454],
    give: 'rejected_permanently',
    detail: 'Messages to this country or network are not switched on for the account.',
  },
  {
    name: 'the sender of the inbox is wrong',
    codes: [21212, 21603, 21606, 21659, 21660, 21703, 21704, 21705, 63007, 63015],
    give: 'rejected_permanently',
    detail: 'The number or messaging service of this inbox cannot send: see its settings.',
  },
  {
    name: 'the address for reports is refused',
    codes: [21609],
    give: 'rejected_permanently',
    detail: 'Twilio cannot call this installation at its public address.',
  },
  {
    name: 'the text is empty or too long',
    codes: [21602, 21617, 21619, 30020],
    give: 'unsupported',
    detail: 'The text is empty or too long for one message.',
  },
  {
    name: 'the phone could not be reached',
    codes: [30003, 30008, 30009, 30010, 30017, 63005],
    give: 'rejected_permanently',
    detail: 'The phone is off or out of reach, or its network did not take the message.',
  },
  {
    name: 'the text was taken for spam, or the number for blocked or unregistered',
    codes: [30004, 30007, 30032, 30034, 63013, 63049],
    give: 'rejected_permanently',
    detail: 'The network or the customer blocks messages of this sender, or its registration is missing.',
  },
];

export function isOptedOut(code: number): boolean {
  return code === 21610;
}

/** Why a message failed, for the agent; with Twilio's number to look up. */
export function explain(code: number, said?: string): string {
  const detail = rowOf(code)?.detail ?? said ?? 'Twilio could not deliver the message.';
  return Number.isNaN(code) ? detail : `${detail} (Twilio ${code})`;
}

/** @param retryAfter the header's text, in seconds. */
export function twilioError(status: number, code: number, said?: string, retryAfter?: string): ChannelError {
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return new ChannelError(
    rowOf(code)?.give ?? byStatus(status),
    explain(Number.isNaN(code) ? status : code, said),
    Number.isNaN(seconds) ? undefined : seconds * 1000,
  );
}

function rowOf(code: number): ErrorRow | undefined {
  return TWILIO_ERRORS.find(({ codes }) => codes.includes(code));
}

function byStatus(status: number): ChannelErrorCode {
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'bad_credentials';
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'unknown_outcome' : 'rejected_permanently';
}
