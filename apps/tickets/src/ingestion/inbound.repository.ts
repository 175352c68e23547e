import { WriteAhead } from '@tributary/database';
import type { EntityManager } from 'typeorm';
import { newId } from '@tributary/runtime';
import {
  type ContactRecord,
  type ConversationRecord,
  type IdentityRecord,
  insertRows,
  type LedgerRecord,
} from '../rows.js';
import { albumKey } from './album-key.js';
import type { ThreadConversation, ThreadIndex } from './threading.js';

export interface ReceiptClaim {
  readonly inbox_id: string;
  readonly provider_event_id: string;
  /** Exactly one of the two is set. */
  readonly message_id: string | null;
  readonly change_id: string | null;
}

export interface SenderKey {
  readonly kind: string;
  readonly value: string;
  readonly name: string;
  readonly verified?: boolean;
}

export interface KnownSender {
  readonly identity: IdentityRecord;
  readonly contact: ContactRecord;
}

export interface ThreadLookup {
  readonly conversationIds: readonly string[];
  readonly externalIds: readonly string[];
  readonly ticketNumbers: readonly string[];
}

/** The set-based SQL of the way in. Every method is one or two statements, whatever the size of the batch. */
export class InboundRepository {
  constructor(
    private readonly manager: EntityManager,
    private readonly workspaceId: string,
  ) {}

  /** @returns the message and change ids whose receipt is new; every other delivery was here before. */
  async claimReceipts(claims: readonly ReceiptClaim[]): Promise<ReadonlySet<string>> {
    // Of two deliveries of one thing the first in the log is the message: the sort keeps their order.
    const sorted = claims.toSorted((a, b) => compare(a.provider_event_id, b.provider_event_id));
    const rows: { id: string }[] = await this.manager.query(
      `INSERT INTO tickets.inbound_receipt (workspace_id, inbox_id, provider_event_id, message_id, change_id)
       SELECT $1, inbox_id, provider_event_id, message_id, change_id
       FROM json_populate_recordset(NULL::tickets.inbound_receipt, $2::json)
       ON CONFLICT DO NOTHING RETURNING COALESCE(message_id, change_id) AS id`,
      [this.workspaceId, JSON.stringify(sorted)],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** The first message of each album that has one. @returns message ids by `albumKey`. */
  async albums(wanted: readonly { readonly album: string }[]): Promise<ReadonlyMap<string, string>> {
    if (wanted.length === 0) return new Map();
    const rows: { id: string; album: string; inbox_id: string; kind: string; value: string }[] =
      await this.manager.query(
        `SELECT m.id, m.album, c.inbox_id, i.kind, i.value FROM tickets.message m
         JOIN tickets.conversation c ON c.id = m.conversation_id
         JOIN tickets.contact_identity i ON i.id = c.identity_id
         WHERE m.workspace_id = $1 AND m.album = ANY ($2::text[]) ORDER BY m.position DESC`,
        [this.workspaceId, [...new Set(wanted.map(({ album }) => album))]],
      );
    return new Map(rows.map((row) => [albumKey(row.inbox_id, row, row.album), row.id]));
  }

  /** A record that is replayed after a crash has its line already. */
  async writeLedger(lines: readonly LedgerRecord[]): Promise<void> {
    await insertRows(this.manager, 'ledger', lines, '(partition, log_offset) DO NOTHING');
  }

  /** An inbox got something; for its health, which would else be a search among all its tickets. */
  async noteActivity(inboxIds: ReadonlySet<string>, at: Date): Promise<void> {
    const rows = [...inboxIds].toSorted(compare).map((inbox_id) => ({
      ...{ inbox_id, workspace_id: this.workspaceId, last_inbound_at: at },
    }));
    await insertRows(
      this.manager,
      'inbox_activity',
      rows,
      '(workspace_id, inbox_id) DO UPDATE SET last_inbound_at = greatest(inbox_activity.last_inbound_at, excluded.last_inbound_at)',
    );
  }

  /** Finds or makes the contacts behind addresses. @returns by `<kind>:<value>`. */
  async ensureSenders(senders: readonly SenderKey[], now: Date): Promise<Map<string, KnownSender>> {
    const wanted = [...new Map(senders.map((sender) => [senderKey(sender), sender])).values()].toSorted(
      (a, b) => compare(senderKey(a), senderKey(b)),
    );
    const known = await this.#findSenders(wanted);
    const missing = wanted.filter((sender) => !known.has(senderKey(sender)));
    const added = await this.#addSenders(missing, now);
    const overtaken = missing.filter((sender) => !added.has(senderKey(sender)));
    return new Map([...known, ...added, ...(await this.#findSenders(overtaken))]);
  }

  /** LATERAL: while the table has no statistics yet, a plain join reads all identities once for every sender. */
  async #findSenders(senders: readonly SenderKey[]): Promise<Map<string, KnownSender>> {
    if (senders.length === 0) return new Map();
    const rows: { identity: IdentityRecord; contact: ContactRecord }[] = await this.manager.query(
      `SELECT to_jsonb(i) AS identity, to_jsonb(c) AS contact
       FROM unnest($2::text[], $3::text[]) AS s (kind, value)
       CROSS JOIN LATERAL (
         SELECT * FROM tickets.contact_identity
         WHERE workspace_id = $1 AND kind = s.kind AND value = s.value LIMIT 1) AS i
       JOIN tickets.contact c ON c.id = i.contact_id`,
      [this.workspaceId, senders.map((s) => s.kind), senders.map((s) => s.value)],
    );
    return new Map(rows.map((row) => [senderKey(row.identity), row]));
  }

  /** Identities first (their foreign key waits for the commit), so that a race leaves no contact without address. */
  async #addSenders(senders: readonly SenderKey[], now: Date): Promise<Map<string, KnownSender>> {
    if (senders.length === 0) return new Map();
    const identities: IdentityRecord[] = senders.map((sender) => ({
      id: newId(),
      workspace_id: this.workspaceId,
      contact_id: newId(),
      kind: sender.kind,
      value: sender.value,
      verified: sender.verified ?? false,
    }));
    const added: { contact_id: string }[] = await this.manager.query(
      `INSERT INTO tickets.contact_identity (id, workspace_id, contact_id, kind, value, verified)
       SELECT id, workspace_id, contact_id, kind, value, verified
       FROM json_populate_recordset(NULL::tickets.contact_identity, $1::json)
       ON CONFLICT (workspace_id, kind, value) DO NOTHING RETURNING contact_id`,
      [JSON.stringify(identities)],
    );
    const mine = new Set(added.map((row) => row.contact_id));
    const known = identities.flatMap((identity, i): KnownSender[] => {
      if (!mine.has(identity.contact_id)) return [];
      const contact: ContactRecord = {
        id: identity.contact_id,
        workspace_id: this.workspaceId,
        name: senders[i]!.name,
        tier: 'standard',
        language: null,
        region: null,
        created_at: now,
      };
      return [{ identity, contact }];
    });
    await insertRows(
      this.manager,
      'contact',
      known.map(({ contact }) => contact),
    );
    return new Map(known.map((sender) => [senderKey(sender.identity), sender]));
  }

  async addConversations(
    conversations: readonly ConversationRecord[],
    links: readonly { ticket_id: string; conversation_id: string }[],
  ): Promise<void> {
    const { manager } = this;
    const scoped = links.map((row) => ({ workspace_id: this.workspaceId, ...row }));
    const writes = new WriteAhead();
    await writes.send(insertRows(manager, 'conversation', conversations));
    await writes.send(insertRows(manager, 'ticket_conversation', scoped, 'DO NOTHING'));
    await writes.settled();
  }

  /** Everything that the hints of a batch may point at. */
  async threadIndex(lookup: ThreadLookup): Promise<ThreadIndex> {
    const empty =
      lookup.conversationIds.length + lookup.externalIds.length + lookup.ticketNumbers.length === 0;
    if (empty) return { conversations: new Map(), byExternalId: new Map(), byTicketNumber: new Map() };
    const pointed: { how: 'id' | 'external' | 'number'; name: string; conversation_id: string }[] =
      await this.manager.query(
        `SELECT 'id' AS how, id::text AS name, id AS conversation_id
           FROM tickets.conversation WHERE workspace_id = $1 AND id = ANY ($2::uuid[])
         UNION ALL
         SELECT DISTINCT 'external', external_id, conversation_id
           FROM tickets.message WHERE workspace_id = $1 AND external_id = ANY ($3::text[])
         UNION ALL
         SELECT 'number', t.number::text, tc.conversation_id
           FROM tickets.ticket t JOIN tickets.ticket_conversation tc ON tc.ticket_id = t.id
           WHERE t.workspace_id = $1 AND t.number = ANY ($4::bigint[])`,
        [this.workspaceId, lookup.conversationIds, lookup.externalIds, lookup.ticketNumbers],
      );
    const participants: { conversation_id: string; identity_id: string }[] = await this.manager.query(
      `SELECT id AS conversation_id, identity_id FROM tickets.conversation WHERE id = ANY ($1::uuid[])`,
      [[...new Set(pointed.map((row) => row.conversation_id))]],
    );
    const members = Map.groupBy(participants, (row) => row.conversation_id);
    const conversations = new Map<string, ThreadConversation>(
      pointed.map(({ conversation_id: id }) => [
        id,
        { id, participants: new Set((members.get(id) ?? []).map((row) => row.identity_id)) },
      ]),
    );
    const named = (how: 'external' | 'number') => {
      const rows = Map.groupBy(
        pointed.filter((row) => row.how === how),
        (row) => row.name,
      );
      return new Map([...rows].map(([name, of]) => [name, of.map((row) => row.conversation_id)]));
    };
    return { conversations, byExternalId: named('external'), byTicketNumber: named('number') };
  }

  /** The newest conversation that each sender has begun in the inbox, by `ongoingKey`. LATERAL: as for senders. */
  async conversationsOf(
    senders: readonly { readonly inboxId: string; readonly identityId: string }[],
  ): Promise<Map<string, string>> {
    if (senders.length === 0) return new Map();
    const rows: { id: string; inbox_id: string; identity_id: string }[] = await this.manager.query(
      `SELECT c.id, s.inbox_id, s.identity_id
       FROM unnest($1::uuid[], $2::uuid[]) AS s (inbox_id, identity_id)
       CROSS JOIN LATERAL (
         SELECT id FROM tickets.conversation WHERE identity_id = s.identity_id AND inbox_id = s.inbox_id
         ORDER BY created_at DESC, id DESC LIMIT 1) AS c`,
      [senders.map((sender) => sender.inboxId), senders.map((sender) => sender.identityId)],
    );
    return new Map(rows.map((row) => [ongoingKey(row.inbox_id, row.identity_id), row.id]));
  }

  /** The ticket that each conversation is in: the newest, unless an older one was answered there since. */
  async latestTickets(conversationIds: readonly string[]): Promise<Map<string, string>> {
    if (conversationIds.length === 0) return new Map();
    const rows: { conversation_id: string; ticket_id: string }[] = await this.manager.query(
      `SELECT DISTINCT ON (tc.conversation_id) tc.conversation_id, tc.ticket_id
       FROM tickets.ticket_conversation tc JOIN tickets.ticket t ON t.id = tc.ticket_id
       WHERE tc.conversation_id = ANY ($1::uuid[]) ORDER BY tc.conversation_id, tc.used_at DESC, t.number DESC`,
      [conversationIds],
    );
    return new Map(rows.map((row) => [row.conversation_id, row.ticket_id]));
  }

  /** Takes `count` numbers in a row; the counter is the last lock of the transaction. @returns the first. */
  async takeNumbers(count: number): Promise<bigint> {
    const rows: { last_number: string }[] = await this.manager.query(
      `INSERT INTO tickets.ticket_counter AS c (workspace_id, last_number) VALUES ($1, 1000 + $2::bigint)
       ON CONFLICT (workspace_id) DO UPDATE SET last_number = c.last_number + $2::bigint
       RETURNING last_number`,
      [this.workspaceId, count],
    );
    return BigInt(rows[0]!.last_number) - BigInt(count) + 1n;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function senderKey(sender: { readonly kind: string; readonly value: string }): string {
  return `${sender.kind}:${sender.value}`;
}

/** Of what a sender has with an inbox. */
export function ongoingKey(inboxId: string, identityId: string): string {
  return `${inboxId}:${identityId}`;
}
