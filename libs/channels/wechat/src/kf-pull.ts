import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type PollItem,
  type PollWindow,
  type WebhookRequest,
} from '@tributary/channel-sdk';
import { openCallback } from './callback.js';
import { hashOf } from './content.js';
import { answerEvent } from './kf-session.js';
import { ProviderError } from './provider-errors.js';
import { type Answer, type Call, companyProvider, postJson } from './provider.js';
import { readPush } from './push-body.js';
import { companyKeys, listSetting } from './settings.js';

/** What a callback says: in which account there is something, and a token that lifts the limit on asking. */
interface Notice {
  readonly openKfId: string;
  readonly token: string;
}

const PAGE = 1000;
const ACCOUNT_GONE: ReadonlySet<number> = new Set([95000, 95004]);

export function kfNotice(request: WebhookRequest, inbox: ChannelInbox): string {
  const opened = openCallback(request, companyKeys(inbox));
  const push = opened.kind === 'push' ? readPush(opened.body) : null;
  return JSON.stringify({
    openKfId: push?.['OpenKfId'] ?? '',
    token: push?.['Token'] ?? '',
  } satisfies Notice);
}

/**
 * Everything since the cursor, in the vendor's order within an account; the cursor is a JSON object of one an account.
 * The account that a callback named comes first, but never alone: of several calls the host passes on the last. Only
 * the last 3 days are there, also for an account without a cursor.
 *
 * @see https://developer.work.weixin.qq.com/document/path/94670
 */
export async function* pullKf(
  inbox: ChannelInbox,
  cursor: string | null,
  ports: ChannelPorts,
  signal: AbortSignal,
  notice: string | null,
): AsyncGenerator<PollWindow> {
  const call: Call = { inbox, ports, signal };
  const cursors = { ...(JSON.parse(cursor ?? '{}') as Record<string, string>) };
  const { openKfId, token } = JSON.parse(notice ?? '{"openKfId":"","token":""}') as Notice;
  const accounts = listSetting(inbox, 'openKfIds').toSorted(
    (one, other) => Number(other === openKfId) - Number(one === openKfId),
  );
  const failures: unknown[] = [];
  for (const account of accounts) {
    try {
      for await (const page of pagesOf(account, cursors[account], token, call)) {
        cursors[account] = page.cursor;
        yield { items: page.items, cursor: JSON.stringify(cursors) };
        // Durable now, and nobody pulls it again: what is said to these events is said once.
        const unanswered = await unansweredOf(page.items, call);
        if (unanswered.length > 0) yield { items: unanswered, cursor: JSON.stringify(cursors) };
      }
    } catch (error) {
      // An account that was deleted holds up no other. Whatever else fails would fail for them all.
      if (!(error instanceof ProviderError && ACCOUNT_GONE.has(error.errcode))) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function unansweredOf(items: readonly PollItem[], call: Call): Promise<PollItem[]> {
  const unanswered: PollItem[] = [];
  for (const { id, raw } of items) {
    const told = await answerEvent(raw, call);
    if (told !== undefined) unanswered.push({ id: `${id}:unanswered`, raw: told });
  }
  return unanswered;
}

async function* pagesOf(
  account: string,
  from: string | undefined,
  token: string,
  call: Call,
): AsyncGenerator<PollWindow> {
  let cursor = from;
  // The vendor asks to go by has_more alone: a page may be empty and not the last.
  for (let hasMore = true; hasMore && !call.signal.aborted;) {
    const page = await syncPage(account, cursor, token, call);
    const next = page['next_cursor'];
    hasMore = page['has_more'] === 1;
    if (typeof next !== 'string' || (hasMore && next === cursor)) {
      throw new ChannelError('unavailable', 'the vendor’s cursor does not move');
    }
    cursor = next;
    yield { items: itemsOf(page), cursor };
  }
}

/** A callback's token is good for 10 minutes; where it is not taken, the vendor is asked without one, which it limits. */
async function syncPage(
  account: string,
  cursor: string | undefined,
  token: string,
  call: Call,
): Promise<Answer> {
  const ask = (withToken: string) =>
    postJson(
      companyProvider,
      '/cgi-bin/kf/sync_msg',
      {
        open_kfid: account,
        limit: PAGE,
        voice_format: 0,
        ...(cursor ? { cursor } : {}),
        ...(withToken ? { token: withToken } : {}),
      },
      call,
    );
  if (token === '') return ask('');
  return ask(token).catch((error: unknown) => {
    const isTokenOld = error instanceof ProviderError && error.errcode === 95007;
    return isTokenOld ? ask('') : Promise.reject(error as Error);
  });
}

function itemsOf(page: Answer): PollItem[] {
  const list = Array.isArray(page['msg_list']) ? (page['msg_list'] as unknown[]) : [];
  return list.map((message) => {
    const raw = Buffer.from(JSON.stringify(message));
    const id = (message as { readonly msgid?: unknown } | null)?.msgid;
    return { id: typeof id === 'string' && id !== '' ? id : hashOf(raw), raw };
  });
}
