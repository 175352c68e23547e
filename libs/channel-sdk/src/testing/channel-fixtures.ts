import { createHash } from 'node:crypto';
import type {
  FormSubmission,
  Inbound,
  InboundEvent,
  OutboundDelivery,
  PollItem,
  WebhookRequest,
} from '../channel.js';
import type { ChannelInbox } from '../manifest.js';
import type { ChannelPorts } from '../ports.js';

/** What each kind of channel parses. */
export interface InputOf {
  readonly poll: PollItem;
  readonly form: FormSubmission;
  readonly webhook: WebhookRequest;
  readonly pull: PollItem;
  readonly call: WebhookRequest;
}

/** A recorded input with what it means; `events` as `comparableEvents` writes them. */
export interface ChannelFixture<Input> {
  readonly name: string;
  readonly input: Input;
  readonly events: unknown;
}

export interface ChannelFixtures<Kind extends Inbound['kind']> {
  readonly kind: Kind;
  /** An inbox whose settings are accepted, every secret set; its id is a UUID. */
  readonly inbox: ChannelInbox;
  /** At least one; one of them gives more than one event when the channel can. */
  readonly recorded: readonly ChannelFixture<InputOf[Kind]>[];
  /** How bytes of strangers reach `parse`. */
  readonly inputOf: (bytes: Uint8Array) => InputOf[Kind];
  /** A message that the inbox could send. */
  readonly delivery: OutboundDelivery;
  /** Of a provider that signs nothing: the header in which it sends a secret, in lower case. */
  readonly secretHeader?: string;
  /** When the recorded inputs came; a signature that grows old is judged by it. */
  readonly now?: Date;
  /** Milliseconds after `now` when the signatures of the recorded inputs are too old, where the protocol dates them. */
  readonly staleAfterMs?: number;
  /** Of a channel that is pulled: the calls that say there is something. */
  readonly calls?: readonly { readonly name: string; readonly input: WebhookRequest }[];
  /** The provider, played by the spec; without it no provider can be reached. */
  readonly ports?: ChannelPorts;
}

/** Events as JSON can hold them: a file by its size and SHA-256. */
export function comparableEvents(events: readonly InboundEvent[]): unknown {
  return JSON.parse(
    JSON.stringify(events, (_key, value: unknown) =>
      value instanceof Uint8Array
        ? { size: value.byteLength, sha256: createHash('sha256').update(value).digest('hex') }
        : value,
    ),
  );
}

/** Mulberry32: the same numbers in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
