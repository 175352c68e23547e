import {
  asPayload,
  type CatchUp,
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  integerAt,
  type PollWindow,
} from '@tributary/channel-sdk';
import { callBotApi } from './bot-api.js';
import { parseUpdateIn } from './parse.js';
import { telegramSettings } from './settings.js';

/** How long Telegram holds a question open when there is nothing; half of a pull's lease is longer. */
const HELD_SECONDS = 25;
/** Then the host asks again, with the settings as they are by then. */
const SESSION_MS = 6 * 60_000;
/** All that the webhook of the guide asks for. */
const KINDS = ['message', 'edited_message', 'message_reaction', 'my_chat_member', 'callback_query'];

/**
 * `getUpdates` in place of the webhook, for installations that Telegram cannot call. Asking from an update on tells
 * Telegram to forget those before it, so the cursor is the last update that is in the log.
 * https://core.telegram.org/bots/api#getupdates, read 2026-11-24.
 */
export const updates: CatchUp = { fetch: ask, parse: async ({ raw }) => parseUpdateIn(raw) };

async function* ask(
  inbox: ChannelInbox,
  cursor: string | null,
  ports: ChannelPorts,
  signal: AbortSignal,
): AsyncIterable<PollWindow> {
  if (!telegramSettings(inbox).isPolled) return;
  const until = ports.now().getTime() + SESSION_MS;
  let last = cursor;
  while (!signal.aborted && ports.now().getTime() < until) {
    const offset = last === null ? {} : { offset: Number(last) + 1 };
    const body = JSON.stringify({ ...offset, timeout: HELD_SECONDS, allowed_updates: KINDS });
    const call = { method: 'getUpdates', contentType: 'application/json', body };
    const result = await callBotApi(call, inbox, ports, signal, (HELD_SECONDS + 10) * 1000).catch(
      (error: unknown) => {
        // Nothing is done twice by asking again.
        if (!(error instanceof ChannelError) || error.code !== 'unknown_outcome') throw error;
        throw new ChannelError('unavailable', error.message, error.retryAfterMs, { cause: error });
      },
    );
    const items = (Array.isArray(result) ? result : []).map((update: unknown) => ({
      id: String(integerAt(asPayload(update), 'update_id')),
      raw: new TextEncoder().encode(JSON.stringify(update)),
    }));
    last = items.at(-1)?.id ?? last;
    yield { items, cursor: last ?? '0' };
  }
}
