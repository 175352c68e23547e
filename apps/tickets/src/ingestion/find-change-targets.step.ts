import type { InboundEnvelope } from './inbound-record.js';
import type { ClaimedChange } from './claim-inbound.step.js';
import type {
  InboundChangeRepository,
  KnownReach,
  Reach,
  StoredMedia,
  StoredTarget,
} from './inbound-change.repository.js';
import { type InboundRepository, type KnownSender, type SenderKey, senderKey } from './inbound.repository.js';

/** What the changes of a batch are about, as far as it stood before the batch. */
export interface ChangeTargets {
  /** By `senderKey`; the word on a file has no sender. */
  readonly senders: ReadonlyMap<string, KnownSender>;
  /** By the provider's id; several where two inboxes use the same. */
  readonly byExternalId: ReadonlyMap<string, readonly StoredTarget[]>;
  /** First messages of the albums whose parts arrive, by id. */
  readonly byId: ReadonlyMap<string, StoredTarget>;
  /** By `mediaKey`. */
  readonly media: ReadonlyMap<string, StoredMedia>;
  /** By `reachKey`. */
  readonly reach: ReadonlyMap<string, KnownReach>;
  readonly ticketIds: readonly string[];
}

/** Looks up, before any lock, what the changes of a batch are about. */
export async function findChangeTargets(
  repository: InboundRepository,
  stored: InboundChangeRepository,
  items: readonly ClaimedChange[],
  now: Date,
): Promise<ChangeTargets> {
  const envelopes = items.map(({ envelope }) => envelope);
  const senders = await repository.ensureSenders(envelopes.flatMap(changeSender), now);
  const named = await stored.byExternalId([...new Set(envelopes.flatMap(externalIdsOf))]);
  const parts = await stored.byId([...new Set(items.flatMap(({ partOf }) => partOf ?? []))]);
  const media = await stored.media(
    envelopes.flatMap((envelope) => (envelope.type === 'media.stored' ? envelope.payload : [])),
  );
  const reach = await stored.reach(envelopes.flatMap((envelope) => reachOf(envelope, senders) ?? []));
  return {
    senders,
    byExternalId: Map.groupBy(named, (target) => target.external_id!),
    byId: new Map(parts.map((target) => [target.message_id, target])),
    media: new Map(
      media.map((each) => {
        const { inbox_id: inboxId, provider_event_id: providerEventId, media_id: mediaId } = each.media;
        return [mediaKey(inboxId, providerEventId, mediaId), each];
      }),
    ),
    reach: new Map(reach.map((each) => [reachKey(each), each])),
    ticketIds: [
      ...new Set([
        ...media.map(({ ticketId }) => ticketId),
        ...[...named, ...parts, ...reach].flatMap(({ ticket_id: id }) => id ?? []),
      ]),
    ],
  };
}

/** Who did it, for those that somebody did. */
export function changeSender(envelope: InboundEnvelope): SenderKey[] {
  if (envelope.type === 'media.stored' || envelope.type === 'message.unreadable') return [];
  const { kind, value, name } = envelope.payload.from;
  return [{ kind, value, name: name?.trim() || value }];
}

export function reachOf(
  envelope: InboundEnvelope,
  senders: ReadonlyMap<string, KnownSender>,
): Reach | undefined {
  if (envelope.type !== 'consent.changed' && envelope.type !== 'customer.acted') return undefined;
  const sender = senders.get(senderKey(envelope.payload.from));
  return sender && { inbox_id: envelope.payload.inboxId, identity_id: sender.identity.id };
}

export function reachKey({ inbox_id, identity_id }: Reach): string {
  return `${inbox_id}:${identity_id}`;
}

export function mediaKey(inboxId: string, providerEventId: string, mediaId: string): string {
  return JSON.stringify([inboxId, providerEventId, mediaId]);
}

function externalIdsOf(envelope: InboundEnvelope): string | string[] {
  switch (envelope.type) {
    case 'message.edited':
    case 'message.deleted':
    case 'message.reacted':
      return [envelope.payload.externalId];
    case 'customer.acted':
      return envelope.payload.externalId ?? [];
    case 'message.received':
    case 'message.unreadable':
    case 'consent.changed':
    case 'media.stored':
      return [];
  }
}
