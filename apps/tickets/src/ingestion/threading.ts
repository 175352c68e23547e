import type { Channel, ThreadHintsDto } from '@tributary/contracts';
import { verifyThreadToken } from '@tributary/directory';

/** What is known of conversations that a batch's hints may point at. */
export interface ThreadIndex {
  /** Conversations of this workspace by id. */
  readonly conversations: ReadonlyMap<string, ThreadConversation>;
  /** Conversation ids by the provider's message id. */
  readonly byExternalId: ReadonlyMap<string, readonly string[]>;
  /** Conversation ids by ticket number. */
  readonly byTicketNumber: ReadonlyMap<string, readonly string[]>;
}

export interface ThreadConversation {
  readonly id: string;
  /** Identities that belong to it: who began it, and who was let in since. */
  readonly participants: ReadonlySet<string>;
}

export interface ThreadMatch {
  readonly conversationId: string;
  readonly by: 'token' | 'reference' | 'ticket_number' | 'sender';
  /** False for a sender whom the conversation does not know: shown as such, and never reopens the ticket. */
  readonly participant: boolean;
}

/** Where a message that names no other begins a conversation of its own, like a letter or a call. */
const BEGINS_ANEW: ReadonlySet<Channel> = new Set(['email', 'web_form', 'api', 'voice']);

/** True on a channel where a customer has one conversation with an inbox, however many messages it takes. */
export function goesOn(channel: Channel): boolean {
  return !BEGINS_ANEW.has(channel);
}

/**
 * Finds the conversation a message belongs to. This is a security boundary: a token that we signed is proof; a
 * reference or a number is believed only from somebody who is in that conversation already, or anybody could write
 * into another customer's ticket by guessing (FreeScout GHSA-6r38-6mcf-2ww3, iTop 95, osTicket-1.7 748).
 *
 * @param key the workspace's key for thread tokens.
 * @returns undefined when it begins a new conversation.
 */
export function findConversation(
  hints: ThreadHintsDto,
  identityId: string,
  index: ThreadIndex,
  key: Uint8Array,
): ThreadMatch | undefined {
  for (const token of hints.tokens) {
    const id = verifyThreadToken(key, token);
    const conversation = id === undefined ? undefined : index.conversations.get(id);
    if (conversation) {
      return {
        conversationId: conversation.id,
        by: 'token',
        participant: conversation.participants.has(identityId),
      };
    }
  }
  const referred = firstOfParticipant(hints.references, index.byExternalId, identityId, index);
  if (referred) return { conversationId: referred, by: 'reference', participant: true };
  const numbered = firstOfParticipant(hints.ticketNumbers, index.byTicketNumber, identityId, index);
  if (numbered) return { conversationId: numbered, by: 'ticket_number', participant: true };
  return undefined;
}

function firstOfParticipant(
  names: readonly string[],
  byName: ReadonlyMap<string, readonly string[]>,
  identityId: string,
  index: ThreadIndex,
): string | undefined {
  for (const name of names) {
    for (const id of byName.get(name) ?? []) {
      if (index.conversations.get(id)?.participants.has(identityId)) return id;
    }
  }
  return undefined;
}
