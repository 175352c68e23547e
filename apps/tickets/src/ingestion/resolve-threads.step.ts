import type { MessageReceived, ThreadHintsDto } from '@tributary/contracts';
import { verifyThreadToken } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import type { ConversationRecord } from '../rows.js';
import type { ClaimedItem } from './claim-inbound.step.js';
import {
  type InboundRepository,
  type KnownSender,
  ongoingKey,
  type SenderKey,
  senderKey,
} from './inbound.repository.js';
import { findConversation, goesOn, type ThreadConversation, type ThreadMatch } from './threading.js';

/** An item that knows its sender and its conversation. */
export interface ThreadedItem {
  readonly item: ClaimedItem;
  readonly sender: KnownSender;
  readonly conversationId: string;
  readonly match: ThreadMatch | undefined;
}

export interface ResolvedThreads {
  /** In the log's order. */
  readonly items: readonly ThreadedItem[];
  readonly newConversations: readonly ConversationRecord[];
  /** Conversations that stood before this batch. */
  readonly conversationIds: readonly string[];
}

const NO_HINTS: ThreadHintsDto = { tokens: [], references: [], ticketNumbers: [] };
const NUMBER = /^[0-9]{1,15}$/;

/** Finds each item's conversation, in order: an item may answer one of the same batch. */
export async function resolveThreads(
  repository: InboundRepository,
  items: readonly ClaimedItem[],
  key: Uint8Array,
  now: Date,
): Promise<ResolvedThreads> {
  const senders = await repository.ensureSenders(items.map(senderOf), now);
  const hints = items.map(hintsOf);
  const stored = await repository.threadIndex({
    conversationIds: hints.flatMap((h) => h.tokens.flatMap((token) => verifyThreadToken(key, token) ?? [])),
    externalIds: hints.flatMap((h) => h.references),
    ticketNumbers: hints.flatMap((h) => h.ticketNumbers.filter((number) => NUMBER.test(number))),
  });
  const conversations = new Map<string, ThreadConversation>(stored.conversations);
  const ofSenders = await ongoingConversations(repository, items, senders);
  const before = new Set([...stored.conversations.keys(), ...ofSenders.values()]);
  const byExternalId = new Map<string, readonly string[]>(stored.byExternalId);
  const index = { conversations, byExternalId, byTicketNumber: stored.byTicketNumber };
  const threaded: ThreadedItem[] = [];
  const begun: ConversationRecord[] = [];
  items.forEach((item, i) => {
    const sender = senders.get(senderKey(senderOf(item)))!;
    const ongoing = ongoingKey(item.envelope.payload.inboxId, sender.identity.id);
    const match =
      findConversation(hints[i]!, sender.identity.id, index, key) ??
      (isOngoing(item) ? matchOf(ofSenders.get(ongoing)) : undefined);
    const conversation = match === undefined ? newConversation(item, sender, now) : undefined;
    if (conversation) {
      begun.push(conversation);
      conversations.set(conversation.id, {
        id: conversation.id,
        participants: new Set([sender.identity.id]),
      });
    }
    const conversationId = conversation?.id ?? match!.conversationId;
    if (isOngoing(item)) ofSenders.set(ongoing, conversationId);
    const externalId = externalIdOf(item);
    if (externalId) byExternalId.set(externalId, [...(byExternalId.get(externalId) ?? []), conversationId]);
    threaded.push({ item, sender, conversationId, match });
  });
  const found = threaded.flatMap(({ match }) => match?.conversationId ?? []);
  return {
    items: threaded,
    newConversations: begun,
    conversationIds: [...new Set(found)].filter((id) => before.has(id)),
  };
}

/** A message that cannot be read has no sender we could trust: its placeholder belongs to one per inbox. */
function senderOf({ envelope }: ClaimedItem): SenderKey {
  if (envelope.type === 'message.unreadable') {
    return { kind: 'unreadable', value: envelope.payload.inboxId, name: 'Unknown sender' };
  }
  const { kind, value, name, verified } = envelope.payload.from;
  return { kind, value, name: name?.trim() || value, verified };
}

/** What stood before this batch; `resolveThreads` adds what the batch begins. */
function ongoingConversations(
  repository: InboundRepository,
  items: readonly ClaimedItem[],
  senders: ReadonlyMap<string, KnownSender>,
): Promise<Map<string, string>> {
  return repository.conversationsOf(
    items.filter(isOngoing).map((item) => ({
      inboxId: item.envelope.payload.inboxId,
      identityId: senders.get(senderKey(senderOf(item)))!.identity.id,
    })),
  );
}

/** What cannot be read has a sender of its own, and no conversation with anybody. */
function isOngoing({ envelope }: ClaimedItem): boolean {
  return envelope.type !== 'message.unreadable' && goesOn(envelope.payload.channel);
}

function matchOf(conversationId: string | undefined): ThreadMatch | undefined {
  return conversationId === undefined ? undefined : { conversationId, by: 'sender', participant: true };
}

function hintsOf({ envelope }: ClaimedItem): ThreadHintsDto {
  return envelope.type === 'message.unreadable' ? NO_HINTS : envelope.payload.thread;
}

function externalIdOf({ envelope }: ClaimedItem): string | undefined {
  return envelope.type === 'message.unreadable'
    ? undefined
    : (envelope.payload as MessageReceived).externalId;
}

function newConversation({ envelope }: ClaimedItem, sender: KnownSender, now: Date): ConversationRecord {
  return {
    id: newId(),
    workspace_id: envelope.workspaceId,
    inbox_id: envelope.payload.inboxId,
    channel: envelope.payload.channel,
    contact_id: sender.contact.id,
    identity_id: sender.identity.id,
    created_at: now,
  };
}
