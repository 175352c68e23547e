import { createHash } from 'node:crypto';
import type {
  ChannelManifest,
  ChannelModule,
  Inbound,
  InboundEvent,
  WebhookAnswer,
  WebhookRequest,
} from '@tributary/channel-sdk';
import type { Channel } from '@tributary/contracts';
import type { Clock, Logger } from '@tributary/runtime';
import type { Acceptance } from './acceptance.js';
import type { CallKeys } from './call-keys.js';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { CallDoor } from './call-door.js';
import { type CallInbound, inboundEvents, type PullInbound, type WebhookInbound } from './inbound-events.js';
import { inTime } from './in-time.js';
import type { RefusedCalls } from './refused-calls.js';
import type { SentMessages } from './sent-messages.js';

/** Fetches what a provider has for an inbox; see `PullRunner`. */
export interface Pulls {
  /** @param notice what the call itself said; null when it said nothing. */
  ring(inbox: HostedInbox, notice: string | null): void;
}

/** Hosts in other processes, whose providers call at this door too. */
export interface HooksElsewhere {
  hosts(channel: Channel): boolean;
  /** @returns what the other process answers; rejects when it does not. */
  forward(channel: Channel, call: HookCall): Promise<WebhookAnswer>;
}

export interface HookDoorParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly acceptance: Acceptance;
  readonly pulls: Pulls;
  /** Absent where all channels are hosted here. */
  readonly elsewhere?: HooksElsewhere;
  readonly sent: Pick<SentMessages, 'ours'>;
  readonly refused: Pick<RefusedCalls, 'count'>;
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
/** How long an inbox is looked for that was found before, while a caller hears nothing. */
const KNOWN_MS = 1500;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Called = CallInbound | PullInbound | WebhookInbound;

/**
 * The door at which providers call: the signature first, on the bytes as they came; then what they mean is made
 * durable; then the answer. Each call is answered while its provider waits, whatever is away behind the door.
 */
export class HookDoor {
  /** Before it is known who calls, the most impatient is reckoned with. */
  readonly #shortestWait: number;
  readonly #calls: CallDoor;
  /**
   * Inboxes that people call, or that are hosted elsewhere, as they were found last: callers are answered also while the
   * directory is away.
   */
  readonly #knownCalled = new Map<string, HostedInbox>();

  constructor(private readonly parts: HookDoorParts) {
    const called = parts.channels.filter(({ inbound }) => isCalled(inbound));
    this.#calls = new CallDoor(parts);
    this.#shortestWait = Math.min(PATIENCE_MS, ...called.map(({ manifest }) => waitOf(manifest)));
  }

  /** Learns which inboxes people call. */
  async start(): Promise<void> {
    try {
      for (const { manifest, inbound } of this.parts.channels) {
        if (inbound.kind !== 'call') continue;
        for (const inbox of await this.parts.inboxes.ofChannel(manifest.channel)) this.#know(inbox);
      }
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'inboxes_unreadable');
    }
  }

  /** @returns always: a provider calls again for what was not accepted. */
  async receive(inboxId: string, call: HookCall): Promise<WebhookAnswer> {
    const began = performance.now();
    try {
      const inbox = UUID.test(inboxId) ? await this.#find(inboxId, began) : undefined;
      if (inbox && this.parts.elsewhere?.hosts(inbox.channel)) {
        return await this.parts.elsewhere.forward(inbox.channel, call);
      }
      const channel = inbox && this.parts.channels.find(({ manifest }) => manifest.channel === inbox.channel);
      if (!channel || !isCalled(channel.inbound)) return REFUSAL;
      return await this.#called(channel.inbound, channel, inbox, this.#request(call), began);
    } catch (error) {
      this.parts.logger.warn({ err: error, inboxId }, 'hook_not_accepted');
      return NOT_ACCEPTED;
    }
  }

  async #find(inboxId: string, began: number): Promise<HostedInbox | undefined> {
    const known = this.#knownCalled.get(inboxId);
    const wait = known === undefined ? this.#shortestWait * SHARE : KNOWN_MS;
    try {
      const inbox = await inTime(this.parts.inboxes.byId(inboxId), began, wait);
      if (inbox !== undefined) this.#know(inbox);
      else this.#knownCalled.delete(inboxId);
      return inbox;
    } catch (error) {
      if (known === undefined) throw error;
      return known;
    }
  }

  #know(inbox: HostedInbox): void {
    const channel = this.parts.channels.find(({ manifest }) => manifest.channel === inbox.channel);
    const isElsewhere = this.parts.elsewhere?.hosts(inbox.channel) ?? false;
    if (isElsewhere || channel?.inbound.kind === 'call') this.#knownCalled.set(inbox.id, inbox);
  }

  async #called(
    inbound: Called,
    { manifest }: ChannelModule,
    inbox: HostedInbox,
    request: WebhookRequest,
    began: number,
  ): Promise<WebhookAnswer> {
    if (!this.#verified(inbound, inbox, request)) return REFUSAL;
    if (inbound.kind === 'call') {
      return this.#calls.answer(idOf(request, request.body), inbound, inbox, request, performance.now());
    }
    if (inbound.kind === 'pull') {
      this.parts.pulls.ring(inbox, inbound.notice(request, inbox));
    } else {
      const accepting = this.#accept(inbound, manifest, inbox, request);
      if (!(await inTime(accepting, began, waitOf(manifest) * SHARE))) return KEY_REUSED;
    }
    return this.#answer(inbound, inbox, request);
  }

  /** A channel that fails on what a stranger sent has not said that it is genuine. */
  #verified(inbound: Called, inbox: HostedInbox, request: WebhookRequest): boolean {
    const ids = { inboxId: inbox.id, channel: inbox.channel };
    try {
      const verification = inbound.verify(request, inbox, this.parts.clock.now());
      if (verification.ok) return true;
      this.parts.logger.info({ ...ids, code: verification.code }, 'hook_refused');
      this.parts.refused.count(inbox, verification.code);
      return false;
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
    const events = await inboundEvents(
      () => idOf(request, raw),
      () => inbound.parse(request, inbox),
    );
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

  #answer(inbound: Exclude<Called, CallInbound>, inbox: HostedInbox, request: WebhookRequest): WebhookAnswer {
    try {
      return inbound.answer(request, inbox);
    } catch (error) {
      this.parts.logger.error({ err: error, inboxId: inbox.id, channel: inbox.channel }, 'channel_failed');
      return ACCEPTED;
    }
  }

  #request({ target, ...call }: HookCall): WebhookRequest {
    const url = `${this.parts.publicUrl}${target}`;
    const query = /\?([^#]*)/.exec(target)?.[1] ?? '';
    return { ...call, url, query: Object.fromEntries(new URLSearchParams(query)) };
  }
}

function idOf({ path }: WebhookRequest, raw: Uint8Array): string {
  return createHash('sha256').update(path).update('\0').update(raw).digest('hex');
}

function waitOf({ answerWithinMs }: ChannelManifest): number {
  return answerWithinMs ?? PATIENCE_MS;
}

function isCalled(inbound: Inbound): inbound is Called {
  return inbound.kind === 'webhook' || inbound.kind === 'pull' || inbound.kind === 'call';
}
