import type { PhoneCall, TwilioPhone } from './twilio-phone.js';
import { type TwilioAccount, TwilioRefusal } from './twilio-account.js';

/** An answer of the API: JSON, or the bytes of a recording. */
export type PhoneAnswer = { readonly json: object } | { readonly content: Uint8Array };

/**
 * Answers a request to the resources of calls and recordings; the account is authorized already.
 *
 * @returns undefined when it is about something else. @throws TwilioRefusal
 */
export async function answerPhoneRest(
  account: TwilioAccount,
  phone: TwilioPhone,
  method: string,
  url: URL,
  body: string,
): Promise<PhoneAnswer | undefined> {
  const path = url.pathname.slice(`/2010-04-01/Accounts/${account.sid}`.length);
  if (path === '/Calls.json' && method === 'GET') return { json: listOf(account, phone, url.searchParams) };
  const file = /^\/Recordings\/(RE\w+)\.mp3$/.exec(path)?.[1];
  if (file !== undefined) return { content: recordingOf(phone, file) };
  const [, sid, recordings] = /^\/Calls\/(CA\w+)(\/Recordings)?\.json$/.exec(path) ?? [];
  if (sid === undefined) return undefined;
  const call = phone.calls.find((each) => each.sid === sid);
  if (call === undefined) throw new TwilioRefusal(404, 20404, 'The requested resource was not found');
  if (recordings !== undefined) {
    const rows = call.recordings.map((each) => ({
      ...{
        sid: each.sid,
        call_sid: sid,
        duration: String(each.duration),
        source: each.source,
        status: 'completed',
      },
    }));
    return { json: { recordings: rows, next_page_uri: null } };
  }
  const document = new URLSearchParams(body).get('Twiml');
  if (method === 'POST' && document !== null) {
    if (call.status !== 'in-progress') {
      throw new TwilioRefusal(400, 21220, 'Call is not in-progress. Cannot redirect.');
    }
    await call.redirect(document);
  }
  return { json: resourceOf(account, call) };
}

/** Newest first; `StartTime>` is the name of the parameter, with its sign. */
function listOf(account: TwilioAccount, phone: TwilioPhone, query: URLSearchParams): object {
  const parent = phone.calls.find(({ sid }) => sid === query.get('ParentCallSid'));
  if (query.has('ParentCallSid')) return { calls: parent?.legs ?? [], next_page_uri: null };
  const since = Date.parse(query.get('StartTime>') ?? '1970-01-01');
  const found = phone.calls.filter(({ to, startedAt }) => {
    return to === (query.get('To') ?? to) && startedAt.getTime() >= since;
  });
  const size = Number(query.get('PageSize') ?? 50);
  const page = Number(query.get('Page') ?? 0);
  const rows = found.toReversed().slice(page * size, (page + 1) * size);
  const next = new URLSearchParams(query);
  next.set('Page', String(page + 1));
  const hasMore = found.length > (page + 1) * size;
  return {
    calls: rows.map((call) => resourceOf(account, call)),
    next_page_uri: hasMore ? `/2010-04-01/Accounts/${account.sid}/Calls.json?${next.toString()}` : null,
  };
}

function recordingOf(phone: TwilioPhone, sid: string): Uint8Array {
  const found = phone.calls.flatMap(({ recordings }) => recordings).find((each) => each.sid === sid);
  if (found === undefined || phone.lateRecordings > 0) {
    phone.lateRecordings -= 1;
    throw new TwilioRefusal(404, 20404, 'The requested recording was not found');
  }
  return found.content;
}

function resourceOf({ sid }: TwilioAccount, call: PhoneCall): object {
  const instant = (at: Date) => at.toUTCString().replace('GMT', '+0000');
  const end = call.status === 'completed' ? new Date(call.startedAt.getTime() + call.duration * 1000) : null;
  return {
    ...{ sid: call.sid, account_sid: sid, from: call.from, to: call.to, status: call.status },
    ...{ direction: 'inbound', start_time: instant(call.startedAt), end_time: end && instant(end) },
    ...{ duration: end && String(call.duration), date_created: instant(call.startedAt), caller_name: null },
  };
}
