import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryLog } from '@tributary/testing';

export interface DeliveryOptions {
  /** Of the web form, without a slash at the end. */
  readonly formUrl: string;
  readonly history: HistoryLog;
  readonly random: () => number;
  /** Told after each message that was accepted. */
  readonly onAccepted?: () => void;
}

export interface ConversationsOptions extends DeliveryOptions {
  readonly conversations: number;
  readonly messagesEach: number;
  /** Conversations begin so far apart, whatever becomes of those before. */
  readonly everyMs: number;
}

/** How long a customer's browser waits for an answer before it sends again. */
const ANSWER_MS = 10_000;
const LONGEST_THOUGHT_MS = 400;

/**
 * Customers who write by the form and go on writing on their private page, each waiting for the answer to one message
 * before the next. What is not answered with success is sent again with the same key, until it is.
 *
 * @throws Error when a message is refused for what it is: none here should be.
 */
export async function converse(options: ConversationsOptions): Promise<void> {
  const conversations = Array.from({ length: options.conversations }, async (_, i) => {
    await sleep(i * options.everyMs);
    const page = await deliver(options, i, 1, options.formUrl);
    for (let n = 2; n <= options.messagesEach; n++) {
      await sleep(options.random() * LONGEST_THOUGHT_MS);
      await deliver(options, i, n, page);
    }
  });
  await Promise.all(conversations);
}

/** What names a message in its own text. */
export function messageIdIn(text: string): string | undefined {
  return /\[message (\d+-\d+)\]/.exec(text)?.[1];
}

/**
 * Sends a message until it is accepted: the first of a conversation to the form, the others to the private page.
 *
 * @param place the form's address, or the page's.
 * @returns the address of the customer's private page.
 * @throws Error when the message is refused for what it is.
 */
export async function deliver(
  { history, random, onAccepted }: DeliveryOptions,
  conversation: number,
  n: number,
  place: string,
): Promise<string> {
  const url = `${place}/messages`;
  const id = `${conversation}-${n}`;
  const text = `This is what I wanted to tell you next. [message ${id}]`;
  const body = JSON.stringify(
    n === 1
      ? {
          name: `Customer ${conversation}`,
          email: `customer-${conversation}@faults.example`,
          subject: id,
          text,
        }
      : { text },
  );
  for (let attempt = 1; ; attempt++) {
    await history.write({ kind: 'invoke', id, conversation: String(conversation), n });
    const answer = await post(url, `message-of-a-customer-${id}`, body);
    if (answer.kind === 'ok') {
      await history.write({ kind: 'ok', id });
      onAccepted?.();
      return answer.progressUrl;
    }
    await history.write({ kind: answer.kind, id, why: answer.why });
    if (answer.kind === 'fail') throw new Error(`message ${id} was refused: ${answer.why}`);
    await sleep(Math.min(2000, 100 * 2 ** attempt) * (0.5 + random() / 2));
  }
}

type Answer =
  | { readonly kind: 'ok'; readonly progressUrl: string }
  | { readonly kind: 'fail' | 'info'; readonly why: string };

async function post(url: string, key: string, body: string): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = (await response.json()) as { readonly progressUrl?: string; readonly code?: string };
    if (response.ok && answer.progressUrl !== undefined) {
      return { kind: 'ok', progressUrl: answer.progressUrl };
    }
    const why = `${response.status} ${answer.code ?? ''}`.trim();
    return { kind: response.status >= 500 ? 'info' : 'fail', why };
  } catch (error) {
    return { kind: 'info', why: error instanceof Error ? error.message : String(error) };
  }
}
