import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  isText,
  newSid,
  type SendRequest,
  type TwilioAccount,
  type TwilioMedia,
  type TwilioMessage,
  TwilioRefusal,
} from './twilio-account.js';
import type { TwilioPhone } from './twilio-phone.js';
import { answerPhoneRest } from './twilio-phone-rest.js';

/**
 * Answers one request to the API.
 *
 * @param reach where origins of the web are in truth.
 * @returns the message, when the request sent one.
 */
export async function answerRest(
  account: TwilioAccount,
  phone: TwilioPhone,
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
  reach: ReadonlyMap<string, string>,
): Promise<TwilioMessage | undefined> {
  const url = new URL(request.url ?? '/', origin);
  const body = await bodyOf(request);
  try {
    const stored = /^\/storage\/(\w+)$/.exec(url.pathname)?.[1];
    if (stored !== undefined) {
      answerStorage(account, stored, request, response);
      return undefined;
    }
    authorize(account, request, url.pathname);
    const ofPhone = await answerPhoneRest(account, phone, request.method ?? 'GET', url, body);
    if (ofPhone !== undefined) {
      if ('json' in ofPhone) answerJson(response, 200, ofPhone.json);
      else response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(ofPhone.content);
      return undefined;
    }
    if (answerReading(account, origin, url, request, response)) return undefined;
    const form = new URLSearchParams(body);
    const mediaUrls = form.getAll('MediaUrl');
    const sent = account.send({ ...(Object.fromEntries(form) as SendRequest), MediaUrl: mediaUrls });
    await fetchMedia(sent, mediaUrls, reach);
    if (account.faults.lostAnswers > 0) {
      account.faults.lostAnswers -= 1;
      response.destroy();
    } else {
      answerJson(response, 201, resourceOf(account, sent));
    }
    return sent;
  } catch (error) {
    if (!(error instanceof TwilioRefusal)) throw error;
    const { status, code, message } = error;
    account.refusals.push(code);
    const more = { more_info: `https://www.twilio.com/docs/errors/${code}`, status };
    answerJson(response, status, { code, message, ...more });
    return undefined;
  }
}

/** @returns whether the request only wanted to read. */
function answerReading(
  account: TwilioAccount,
  origin: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (url.pathname === '/v1/ContentAndApprovals') {
    answerJson(response, 200, contentsOf(account, url));
    return true;
  }
  const media = /\/Messages\/(\w+)\/Media\/(\w+)$/.exec(url.pathname);
  if (media !== null) {
    const file = mediaOf(account, media[2]!, media[1]);
    // The bytes lie elsewhere, where whoever has the address may read them.
    response.writeHead(307, { location: `${origin}/storage/${file.sid}` }).end();
    return true;
  }
  const ofMessage = /\/Messages\/(\w+)\/Media\.json$/.exec(url.pathname)?.[1];
  if (ofMessage !== undefined) {
    answerJson(response, 200, mediaListOf(account, ofMessage));
    return true;
  }
  if (!url.pathname.endsWith('/Messages.json')) throw new TwilioRefusal(404, 20404, 'not found');
  if (request.method === 'GET') {
    answerJson(response, 200, listOf(account, url.searchParams));
    return true;
  }
  return false;
}

/** As Twilio does, with nobody's credentials; what it cannot have fails the message. */
async function fetchMedia(
  message: TwilioMessage,
  urls: readonly string[],
  reach: ReadonlyMap<string, string>,
): Promise<void> {
  const files: TwilioMedia[] = [];
  for (const url of urls) {
    const { origin, pathname, search } = new URL(url);
    const answer = await fetch(`${reach.get(origin) ?? origin}${pathname}${search}`).catch(() => undefined);
    if (answer?.status !== 200) {
      message.errorCode = isText(message.to) ? 11200 : 63019;
      return;
    }
    const content = new Uint8Array(await answer.arrayBuffer());
    files.push({ sid: newSid('ME'), contentType: answer.headers.get('content-type') ?? '', content });
  }
  message.media = files;
}

function authorize(account: TwilioAccount, { headers }: IncomingMessage, path: string): void {
  const expected = Buffer.from(`${account.sid}:${account.authToken}`).toString('base64');
  if (headers.authorization !== `Basic ${expected}`) throw new TwilioRefusal(401, 20003, 'Authenticate');
  if (path.startsWith('/v1/')) return;
  if (!path.startsWith(`/2010-04-01/Accounts/${account.sid}/`)) {
    throw new TwilioRefusal(404, 20404, 'The requested resource was not found');
  }
}

/** Storage of this kind answers 400 to whoever brings credentials beside the signed address. */
function answerStorage(
  account: TwilioAccount,
  sid: string,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  if (headers.authorization !== undefined) {
    response.writeHead(400).end('Only one auth mechanism allowed');
    return;
  }
  const { contentType, content } = mediaOf(account, sid);
  response.writeHead(200, { 'content-type': contentType }).end(content);
}

function mediaOf(account: TwilioAccount, sid: string, messageSid?: string): TwilioMedia {
  const messages = account.messages.filter((each) => messageSid === undefined || each.sid === messageSid);
  const found = messages.flatMap(({ media }) => media).find((each) => each.sid === sid);
  if (found === undefined) throw new TwilioRefusal(404, 20404, 'The requested media was not found');
  return found;
}

function mediaListOf({ messages, sid: accountSid }: TwilioAccount, messageSid: string): object {
  const message = messages.find(({ sid }) => sid === messageSid);
  if (message === undefined) throw new TwilioRefusal(404, 20404, 'The requested resource was not found');
  const base = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media`;
  return {
    media_list: message.media.map(({ sid, contentType }) => ({
      ...{ sid, account_sid: accountSid, parent_sid: messageSid, content_type: contentType },
      uri: `${base}/${sid}.json`,
    })),
    next_page_uri: null,
  };
}

/** As `content.twilio.com` has it, a page at a time. */
function contentsOf({ contents, sid: accountSid }: TwilioAccount, { searchParams }: URL): object {
  const size = Number(searchParams.get('PageSize') ?? 50);
  const page = Number(searchParams.get('Page') ?? 0);
  const shown = contents.slice(page * size, (page + 1) * size);
  const next = `https://content.twilio.com/v1/ContentAndApprovals?PageSize=${size}&Page=${page + 1}`;
  return {
    contents: shown.map(({ sid, friendlyName, language, body, variables, status }) => ({
      ...{ sid, account_sid: accountSid, friendly_name: friendlyName, language, variables },
      types: { 'twilio/text': { body } },
      approval_requests: { name: friendlyName, category: 'UTILITY', content_type: 'twilio/text', status },
    })),
    meta: {
      ...{ page, page_size: size, key: 'contents' },
      next_page_url: contents.length > (page + 1) * size ? next : null,
    },
  };
}

/** Newest first. */
function listOf(account: TwilioAccount, query: URLSearchParams): object {
  const { messages } = account;
  const matching = messages.filter(
    ({ to, from, createdAt }) =>
      (query.get('To') ?? to) === to &&
      (query.get('From') ?? from) === from &&
      createdAt.toISOString().slice(0, 10) >= (query.get('DateSent>') ?? ''),
  );
  const size = Number(query.get('PageSize') ?? 50);
  const page = Number(query.get('Page') ?? 0);
  const next = new URLSearchParams({ ...Object.fromEntries(query), Page: String(page + 1) });
  const path = `/2010-04-01/Accounts/${account.sid}/Messages.json`;
  return {
    messages: matching
      .toReversed()
      .slice(page * size, (page + 1) * size)
      .map((message) => resourceOf(account, message)),
    page_size: size,
    next_page_uri: matching.length > (page + 1) * size ? `${path}?${next.toString()}` : null,
  };
}

function resourceOf({ sid }: TwilioAccount, message: TwilioMessage): object {
  return {
    ...{ account_sid: sid, api_version: '2010-04-01', body: message.body, direction: message.direction },
    ...{ from: message.from, to: message.to, sid: message.sid, status: message.status },
    ...{ date_created: message.createdAt.toUTCString().replace('GMT', '+0000'), date_sent: null },
    ...{ error_code: message.errorCode ?? null, error_message: null },
    messaging_service_sid: message.messagingServiceSid ?? null,
    num_media: String(message.media.length),
    num_segments: '1',
    uri: `/2010-04-01/Accounts/${sid}/Messages/${message.sid}.json`,
  };
}

function answerJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
