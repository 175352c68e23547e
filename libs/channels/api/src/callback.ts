import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type ChannelResponse,
  type OutboundDelivery,
  type SendReceipt,
  signedWith,
} from '@tributary/channel-sdk';
import type { ApiReplyEvent } from '@tributary/contracts';
import { namedIn } from './conversation-name.js';
import type { ApiSettings } from './settings.js';

/** The specification lets receivers take 15 to 30 seconds. */
const TIMEOUT_MS = 15_000;
/** Of the answer, which nobody reads. */
const MOST_BYTES = 64 * 1024;

/**
 * Posts a reply to the company's own system. Each attempt of one reply has the same webhook-id, so that a receiver
 * which has it takes it once.
 */
export async function postReply(
  delivery: OutboundDelivery,
  inbox: ChannelInbox,
  { keys, callbackUrl }: ApiSettings,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<SendReceipt> {
  if (callbackUrl === undefined) {
    throw new ChannelError('unsupported', 'This inbox has no callback address: nobody could get the reply.');
  }
  if (keys.length === 0) throw new ChannelError('bad_credentials', 'This inbox has no secret to sign with.');
  if (signal.aborted) throw new ChannelError('unavailable', 'Sending was stopped before it began.');
  const event = replyEvent(delivery, inbox, ports.now());
  const body = JSON.stringify(event);
  const answer = await ports.http.request(
    {
      method: 'POST',
      url: callbackUrl,
      headers: {
        'content-type': 'application/json',
        ...signedWith(keys, event.data.id, ports.now(), body),
      },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MOST_BYTES,
    },
    signal,
  );
  if (answer.status >= 200 && answer.status < 300) return { state: 'sent', externalId: event.data.id };
  throw callbackError(answer, ports.now());
}

function replyEvent(delivery: OutboundDelivery, inbox: ChannelInbox, now: Date): ApiReplyEvent {
  const { to, references } = delivery;
  return {
    type: 'message.created',
    timestamp: now.toISOString(),
    data: {
      id: `msg_${delivery.messageId}`,
      inbox: inbox.id,
      ticket: { id: delivery.ticketId, number: delivery.ticketNumber },
      conversation: namedIn(inbox, 'conversation', references),
      customer: to.kind === 'user' ? { id: to.value } : null,
      signal: to.kind === 'signal' ? to.value : null,
      author: { name: delivery.authorName },
      subject: delivery.subject ?? null,
      text: delivery.text,
      files: delivery.files.map(({ name, contentType, content }) => ({
        name,
        contentType,
        content: Buffer.from(content).toString('base64'),
      })),
    },
  };
}

/** Whatever is no success is tried again, but for what the receiver says is for good. */
function callbackError({ status, headers }: ChannelResponse, now: Date): ChannelError {
  const said = `The callback address answered ${status}.`;
  const retryAfterMs = retryAfter(headers['retry-after'], now);
  if (status === 429) return new ChannelError('rate_limited', said, retryAfterMs);
  if (status === 408 || status === 425 || status >= 500) {
    return new ChannelError('unavailable', said, retryAfterMs);
  }
  if (status === 401 || status === 403) return new ChannelError('bad_credentials', said);
  return new ChannelError('rejected_permanently', said);
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now. */
function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
