import { ChannelError, type ChannelErrorCode } from '@tributary/channel-sdk';

/** What a vendor's `errcode` means to us, and to the agent who reads why. */
export type ErrorTable = Readonly<Record<number, readonly [ChannelErrorCode, string]>>;

const MINUTE_MS = 60_000;
/** Limits that count by the day or the minute say no time to wait; the host's own delays grow from here. */
const RETRY_AFTER_MS: Partial<Record<ChannelErrorCode, number>> = { rate_limited: MINUTE_MS };

/** Tokens that are no longer taken; another is obtained, once. */
export const REFUSED_TOKEN: ReadonlySet<number> = new Set([40001, 40014, 42001]);

const SHARED: ErrorTable = {
  [-1]: ['unavailable', 'the vendor is busy'],
  40001: ['bad_credentials', 'the secret or the access token is not taken'],
  40004: ['unsupported', 'files of this type are not taken'],
  40005: ['unsupported', 'files of this type are not taken'],
  40006: ['unsupported', 'the file is too large or empty'],
  40007: ['rejected_permanently', 'the vendor no longer has the file: it keeps them for 3 days'],
  40008: ['unsupported', 'messages of this type are not taken'],
  40009: ['unsupported', 'the picture is too large'],
  40013: ['bad_credentials', 'the AppID or CorpID is wrong'],
  40014: ['bad_credentials', 'the access token is not taken'],
  41001: ['bad_credentials', 'the access token is missing'],
  42001: ['bad_credentials', 'the access token has expired'],
  45001: ['unsupported', 'the file is too large'],
  45002: ['unsupported', 'the text is too long'],
  45009: ['rate_limited', 'the account has used up its calls'],
  45033: ['rate_limited', 'too many calls at once'],
};

/** @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html */
export const ACCOUNT_ERRORS: ErrorTable = {
  ...SHARED,
  40003: ['rejected_permanently', 'this customer is not known to the account, or no longer follows it'],
  40125: ['bad_credentials', 'the AppSecret is wrong'],
  40164: ['bad_credentials', 'the address of this installation is not on the account’s IP whitelist'],
  43004: ['window_closed', 'the customer does not follow the account'],
  45011: ['rate_limited', 'too many calls in a minute'],
  45015: ['window_closed', 'the customer wrote more than 48 hours ago, or no longer follows the account'],
  45047: ['window_closed', 'all messages of this window are used up; the customer must write again'],
  48001: ['bad_credentials', 'the account has no right to this call: is it verified?'],
  48002: ['rejected_permanently', 'the customer refuses messages of this account'],
  48004: ['bad_credentials', 'the vendor has barred this call for the account'],
  50002: ['bad_credentials', 'the account is limited or frozen'],
};

/** @see https://developer.work.weixin.qq.com/document/path/90313 */
export const COMPANY_ERRORS: ErrorTable = {
  ...SHARED,
  40056: ['bad_credentials', 'the AgentId of the application is wrong'],
  40096: ['rejected_permanently', 'this customer is not known to the company'],
  48002: ['bad_credentials', 'the application has no right to this call'],
  60020: ['bad_credentials', 'the address of this installation is not among the application’s trusted IPs'],
  81013: [
    'rejected_permanently',
    'WeCom reaches nobody of this id by the application: look at the id, and at who may see the application',
  ],
  95000: ['bad_credentials', 'the customer service account’s id is wrong'],
  95001: ['window_closed', 'all 5 messages are used up; the customer must write again'],
  95002: ['window_closed', 'the customer wrote more than 48 hours ago'],
  95004: ['bad_credentials', 'there is no such customer service account'],
  95007: ['unavailable', 'the callback’s token is no longer taken'],
  95012: ['bad_credentials', 'customer service is not switched on in WeCom'],
  95013: ['window_closed', 'the session has ended; the customer must write again'],
  95017: ['bad_credentials', 'customer service by API is not switched on in WeCom'],
  95018: [
    'rejected_permanently',
    'a colleague has taken this session in WeCom: write there, or end it there',
  ],
  301002: ['bad_credentials', 'the Secret and the AgentId are not of the same application'],
};

/** A refusal in the vendor's own words. */
export class ProviderError extends ChannelError {
  constructor(
    code: ChannelErrorCode,
    meaning: string,
    readonly errcode: number,
    readonly errmsg: string,
  ) {
    super(code, `${meaning} (${errcode} ${errmsg})`, RETRY_AFTER_MS[code]);
  }
}

/** Codes that the table does not have are final: to repeat what is not understood would flood the vendor. */
export function providerError(errcode: number, errmsg: string, table: ErrorTable): ProviderError {
  const [code, meaning] = table[errcode] ?? ['rejected_permanently', 'the vendor refused'];
  return new ProviderError(code, meaning, errcode, errmsg.slice(0, 200).toWellFormed());
}
