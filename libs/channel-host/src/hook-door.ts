import { createHash } from 'node:crypto';
import type {
  ChannelManifest,
  ChannelModule,
  Inbound,
  InboundEvent,
  WebhookAnswer,
  WebhookRequest,
} from '@tributary/channel-sdk';
import type { Clock, Logger } from '@tributary/runtime';
import type { Acceptance } from './acceptance.js';
import type { CallKeys } from './call-keys.js';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { inboundEvents, type PullInbound, type WebhookInbound } from './inbound-events.js';
import type { SentMessages } from './sent-messages.js';

/** Fetches what a provider has for an inbox; see `PullRunner`. */
export interface Pulls {
  /** @param notice what the call itself said. */
  ring(inbox: HostedInbox, notice: string): void;
}

export interface HookDoorParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly acceptance: Acceptance;
  readonly pulls: Pulls;
  readonly sent: Pick<SentMessages, 'ours'>;
  readonly keys: Pick<CallKeys, 'claim'>;
  /** Where the installation is reached, without a slash at the end; providers sign what stands behind it. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A provider's call as it came. */
export interface HookCall extends Omit<WebhookRequest, 'url' | 'query'> {
  /** Path and query as they were asked for. */
  readonly target: string;
}

/**
 * The same for whatever was refused, so that a stranger learns neither which inboxes there are nor how near a forged
 * signature came.
 */
const REFUSAL: WebhookAnswer = {
  status: 403,
  headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  body: '{"type":"about:blank","title":"Not allowed","status":403,"code":"REFUSED"}',
};
/** Makes providers call again. */
const NOT_ACCEPTED: WebhookAnswer = {
  status: 503,
  headers: { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '2' },
  body: '{"type":"about:blank","title":"Temporarily unavailable","status":503,"code":"NOT_ACCEPTED"}',
};
/** To a caller who has proved who it is: the name of a call stands for what was said under it. */
const KEY_REUSED: WebhookAnswer = {
  status: 409,
  headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  body: '{"type":"about:blank","title":"Conflict","status":409,"code":"KEY_REUSED","detail":"this id was used with another body"}',
};
/** What is answered to a call that was accepted, when the channel has no answer. */
const ACCEPTED: WebhookAnswer = { status: 200, headers: {}, body: '' };

/** Of the time that a provider waits, what we take; the rest is for the way of the answer. */
const SHARE = 0.8;
/** How long a provider is taken to wait that does not say. */
const PATIENCE_MS = 5000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Called = PullInbound | WebhookInbound;

/**
 * The door at which providers call: the signature first, on the bytes as they came; then what they mean is made
 * durable; then the answer. Each call is answered while its provider waits, whatever is away behind the door.
 */
export class HookDoor {
  /** Before it is known who calls, the most impatient is reckoned with. */
  readonly #shortestWait: number;

  constructor(private readonly parts: HookDoorParts) {
    const called = parts.channels.filter(({ inbound }) => isCalled(inbound));
    this.#shortestWait = Math.min(PATIENCE_MS, ...called.map(({ manifest }) => waitOf(manifest)));
  }

  /** @returns always: a provider calls again for what was not accepted. */
  async receive(inboxId: string, call: HookCall): Promise<WebhookAnswer> {
    const began = performance.now();
    try {
      const inbox = UUID.test(inboxId)
        ? await inTime(this.parts.inboxes.byId(inboxId), began, this.#shortestWait)
        : undefined;
      const channel = inbox && this.parts.channels.find(({ manifest }) => manifest.channel === inbox.channel);
      if (!channel || !isCalled(channel.inbound)) return REFUSAL;
      return await this.#called(channel.inbound, channel, inbox, this.#request(call), began);
    } catch (error) {
      this.parts.logger.warn({ err: error, inboxId }, 'hook_not_accepted');
      return NOT_ACCEPTED;
    }
  }

  async #called(
    inbound: Called,
    { manifest }: ChannelModule,
    inbox: HostedInbox,
    request: WebhookRequest,
    began: number,
  ): Promise<WebhookAnswer> {
    if (!this.#verified(inbound, inbox, request)) return REFUSAL;
    if (inbound.kind === 'pull') {
      this.parts.pulls.ring(inbox, inbound.notice(request, inbox));
    } else {
      const accepting = this.#accept(inbound, manifest, inbox, request);
      if (!(await inTime(accepting, began, waitOf(manifest)))) return KEY_REUSED;
    }
    return this.#answer(inbound, inbox, request);
  }

  /** A channel that fails on what a stranger sent has not said that it is genuine. */
  #verified(inbound: Called, inbox: HostedInbox, request: WebhookRequest): boolean {
    const ids = { inboxId: inbox.id, channel: inbox.channel };
    try {
      const verification = inbound.verify(request, inbox, this.parts.clock.now());
      if (!verification.ok) this.parts.logger.info({ ...ids, code: verification.code }, 'hook_refused');
      return verification.ok;
    } catch (error) {
      this.parts.logger.error({ err: error, ...ids }, 'channel_failed');
      return false;
    }
  }

  /** @returns false when the call bears the name of another. */
  async #accept(
    inbound: WebhookInbound,
    manifest: ChannelManifest,
    inbox: HostedInbox,
    request: WebhookRequest,
  ): Promise<boolean> {
    // Some providers put everything into the query.
    const raw =
      request.body.byteLength > 0 ? request.body : Buffer.from(new URL(request.url).search.slice(1));
    const id = createHash('sha256').update(request.path).update('\0').update(raw).digest('hex');
    const events = await inboundEvents(id, () => inbound.parse(request, inbox));
    if (!(await this.#claimed(manifest, inbox, request, events))) return false;
    await this.parts.acceptance.accept(
      inbox,
      raw,
      manifest.echoes ? await this.#withoutEchoes(inbox, events) : events,
    );
    return true;
  }

  /** A call that says nothing has not used its key: its caller mends it, and calls again. */
  async #claimed(
    { keyHeader }: ChannelManifest,
    inbox: HostedInbox,
    { headers, body }: WebhookRequest,
    events: readonly InboundEvent[],
  ): Promise<boolean> {
    const key = keyHeader === undefined ? undefined : headers[keyHeader];
    if (key === undefined || events.every(({ kind }) => kind === 'ignored')) return true;
    return this.parts.keys.claim(inbox, key, createHash('sha256').update(body).digest());
  }

  /** What we sent ourselves comes back as if somebody had written it. */
  async #withoutEchoes(
    inbox: HostedInbox,
    events: readonly InboundEvent[],
  ): Promise<readonly InboundEvent[]> {
    const idOf = (event: InboundEvent) => (event.kind === 'message' ? event.externalId : undefined);
    const ids = events.flatMap((event) => idOf(event) ?? []);
    if (ids.length === 0) return events;
    const ours = await this.parts.sent.ours(inbox, ids);
    return events.map((event) =>
      ours.has(idOf(event) ?? '')
        ? { kind: 'ignored', providerEventId: event.providerEventId, reason: 'own_echo' }
        : event,
    );
  }

  #answer(inbound: Called, inbox: HostedInbox, request: WebhookRequest): WebhookAnswer {
    try {
      return inbound.answer(request, inbox);
    } catch (error) {
      this.parts.logger.error({ err: error, inboxId: inbox.id, channel: inbox.channel }, 'channel_failed');
      return ACCEPTED;
    }
  }

  #request({ target, ...call }: HookCall): WebhookRequest {
    const url = `${this.parts.publicUrl}${target}`;
    return { ...call, url, query: Object.fromEntries(new URL(url).searchParams) };
  }
}

function waitOf({ answerWithinMs }: ChannelManifest): number {
  return answerWithinMs ?? PATIENCE_MS;
}

function isCalled(inbound: Inbound): inbound is Called {
  return inbound.kind === 'webhook' || inbound.kind === 'pull';
}

/**
 * Work that takes longer goes on unheard: what it still makes durable is a duplicate when the provider calls again.
 *
 * @param began of the call, by `performance.now`.
 * @param waits milliseconds that the provider waits from then on.
 */
async function inTime<T>(work: Promise<T>, began: number, waits: number): Promise<T> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const left = began + waits * SHARE - performance.now();
    timer = setTimeout(() => reject(new Error('it took longer than the provider waits')), Math.max(left, 0));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
