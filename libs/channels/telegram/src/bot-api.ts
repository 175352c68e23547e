import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  integerAt,
  objectAt,
  type Payload,
  readPayload,
  textAt,
} from '@tributary/channel-sdk';
import { botApiError } from './bot-api-errors.js';
import { telegramSettings } from './settings.js';

export interface BotApiCall {
  readonly method: string;
  readonly contentType: string;
  readonly body: Uint8Array | string;
}

/** A refusal with what Telegram said of it. */
export class RefusedCallError extends ChannelError {
  constructor(
    error: ChannelError,
    readonly description: string,
    /** The group has this id now. */
    readonly migratedTo?: number,
  ) {
    super(error.code, error.message, error.retryAfterMs);
  }
}

/**
 * @param timeoutMs 10,000 by default, 60,000 with a file.
 * @returns `result` of the answer; undefined when it was a success that nobody can read.
 * @throws RefusedCallError for every answer that is no success.
 */
export async function callBotApi(
  call: BotApiCall,
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<unknown> {
  const response = await ports.http.request(
    {
      method: 'POST',
      url: `https://api.telegram.org/bot${tokenOf(inbox)}/${call.method}`,
      headers: { 'content-type': call.contentType },
      body: call.body,
      // Files of 50 MB take their time.
      timeoutMs: timeoutMs ?? (typeof call.body === 'string' ? 10_000 : 60_000),
    },
    signal,
  );
  const answer: Payload | undefined = readPayload(response.body);
  if (response.status >= 200 && response.status < 300) return answer?.['result'];
  const description = textAt(answer, 'description') ?? `status ${response.status}`;
  const parameters = objectAt(answer, 'parameters');
  const error = botApiError(response.status, description, integerAt(parameters, 'retry_after'));
  throw new RefusedCallError(error, description, integerAt(parameters, 'migrate_to_chat_id'));
}

/** It stands in every address of the Bot API: an address is as secret as the token. */
export function tokenOf(inbox: ChannelInbox): string {
  const { botToken } = telegramSettings(inbox);
  if (botToken === undefined) throw new ChannelError('bad_credentials', 'The inbox has no bot token.');
  return botToken;
}
