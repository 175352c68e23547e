import {
  type AccessToken,
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type ChannelRequest,
  type ChannelResponse,
} from '@tributary/channel-sdk';
import {
  ACCOUNT_ERRORS,
  COMPANY_ERRORS,
  type ErrorTable,
  providerError,
  REFUSED_TOKEN,
} from './provider-errors.js';
import { textSetting } from './settings.js';

/** One of the two vendors' servers, and how an access token is had there. */
export interface Provider {
  readonly origin: string;
  readonly errors: ErrorTable;
  /** Under which the inbox's tokens are shared; `access_token` when absent. */
  readonly tokenName?: string;
  tokenRequest(inbox: ChannelInbox, isForced: boolean): ChannelRequest;
}

/** What a channel's function works with. */
export interface Call {
  readonly inbox: ChannelInbox;
  readonly ports: ChannelPorts;
  readonly signal: AbortSignal;
}

export type Answer = Readonly<Record<string, unknown>>;

const ACCOUNT_ORIGIN = 'https://api.weixin.qq.com';
const COMPANY_ORIGIN = 'https://qyapi.weixin.qq.com';
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/**
 * Official Accounts and mini-programs. The stable token is the same for all who ask while it is good; the older
 * `cgi-bin/token` makes a new one each time, which ends the one another replica holds. Forced, it is renewed at once,
 * 20 times a day.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
 */
export const accountProvider: Provider = {
  origin: ACCOUNT_ORIGIN,
  errors: ACCOUNT_ERRORS,
  tokenRequest: (inbox, isForced) => ({
    method: 'POST',
    url: `${ACCOUNT_ORIGIN}/cgi-bin/stable_token`,
    headers: JSON_TYPE,
    body: JSON.stringify({
      grant_type: 'client_credential',
      appid: textSetting(inbox, 'appId'),
      secret: textSetting(inbox, 'appSecret'),
      force_refresh: isForced,
    }),
  }),
};

/** WeCom gives the same token again while it is good. @see https://developer.work.weixin.qq.com/document/path/91039 */
export const companyProvider: Provider = {
  origin: COMPANY_ORIGIN,
  errors: COMPANY_ERRORS,
  tokenRequest: (inbox) => ({
    method: 'GET',
    url: `${COMPANY_ORIGIN}/cgi-bin/gettoken?${new URLSearchParams({
      corpid: textSetting(inbox, 'corpId'),
      corpsecret: textSetting(inbox, 'secret'),
    }).toString()}`,
  }),
};

/** @throws ChannelError by the vendor's table; `unknown_outcome` for an answer that tells nothing. */
export async function postJson(provider: Provider, path: string, body: unknown, call: Call): Promise<Answer> {
  const { response } = await request(provider, call, (token) => ({
    method: 'POST',
    url: `${provider.origin}${path}?access_token=${encodeURIComponent(token)}`,
    headers: JSON_TYPE,
    // Text as itself: the vendor shows `\uXXXX` to the customer as it stands.
    body: JSON.stringify(body),
  }));
  return readAnswer(response, provider);
}

/** 503 says that nothing was done; another failure on the vendor's side may stand before or behind what was asked. */
function unclear({ status }: ChannelResponse): ChannelError {
  return new ChannelError(
    status === 503 ? 'unavailable' : 'unknown_outcome',
    `the vendor answered ${status}`,
  );
}

/**
 * A call with an access token. A token that is refused is replaced once: it may have been renewed by somebody else.
 */
export async function request(
  provider: Provider,
  call: Call,
  make: (token: string) => ChannelRequest,
): Promise<{ readonly response: ChannelResponse; readonly answer: Answer | null }> {
  let token = await accessToken(provider, call);
  for (let isSecond = false; ; isSecond = true) {
    const response = await call.ports.http.request(make(token), call.signal);
    if (response.status >= 500) throw unclear(response);
    const answer = jsonOf(response);
    const errcode = Number(answer?.['errcode'] ?? 0);
    if (errcode === 0) return { response, answer };
    if (isSecond || !REFUSED_TOKEN.has(errcode)) throw errorOf(answer ?? {}, provider);
    token = await accessToken(provider, call, token);
  }
}

function accessToken(provider: Provider, { inbox, ports, signal }: Call, refused?: string): Promise<string> {
  const ask = async (isForced: boolean): Promise<AccessToken> => {
    const response = await ports.http.request(provider.tokenRequest(inbox, isForced), signal);
    const { access_token: value, expires_in: seconds } = readAnswer(response, provider);
    if (typeof value !== 'string' || value === '') {
      throw new ChannelError('unavailable', 'the vendor gave no access token');
    }
    return { value, expiresInMs: Number(seconds ?? 7200) * 1000 };
  };
  const obtain = async () => {
    const given = await ask(false);
    return given.value === refused ? ask(true) : given;
  };
  return ports.tokens.get(provider.tokenName ?? 'access_token', obtain, refused);
}

function readAnswer(response: ChannelResponse, provider: Provider): Answer {
  const answer = jsonOf(response);
  if (answer === null) throw unclear(response);
  if (Number(answer['errcode'] ?? 0) !== 0) throw errorOf(answer, provider);
  return answer;
}

function errorOf({ errcode, errmsg }: Answer, { errors }: Provider): ChannelError {
  return providerError(Number(errcode), typeof errmsg === 'string' ? errmsg : '', errors);
}

/** Null when the body is a file: files and errors come under the same status, a file with its disposition. */
function jsonOf({ headers, body }: ChannelResponse): Answer | null {
  if (headers['content-disposition'] !== undefined) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? (value as Answer) : null;
  } catch {
    return null;
  }
}
