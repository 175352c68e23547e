import type {
  Channel,
  ContactTier,
  DeliveryState,
  MediaStored,
  Priority,
  StatusCategory,
  TemplateUse,
  TicketEventType,
  TicketType,
} from '@tributary/contracts';
import type { EntityManager } from 'typeorm';

/** Rows as they stand in the tables: the hot paths read and write them in sets. Instants are ISO 8601 texts or Dates. */
export interface TicketRecord {
  id: string;
  workspace_id: string;
  number: string;
  subject: string;
  snippet: string;
  status: StatusCategory;
  priority: Priority;
  type: TicketType;
  fields: Record<string, string>;
  tags: string[];
  contact_id: string;
  inbox_id: string;
  channel: Channel;
  assignee_id: string | null;
  queue_id: string | null;
  language: string | null;
  region: string | null;
  version: number;
  routing_version: number;
  waiting_since: Date;
  last_inbound_at: Date | null;
  read_at: Date | null;
  sla_due_at: Date | null;
  created_at: Date;
  updated_at: Date;
  solved_at: Date | null;
}

export interface ContactRecord {
  id: string;
  workspace_id: string;
  name: string;
  tier: ContactTier;
  language: string | null;
  region: string | null;
  created_at: Date;
}

export interface IdentityRecord {
  id: string;
  workspace_id: string;
  contact_id: string;
  kind: string;
  value: string;
  verified: boolean;
}

export interface ConversationRecord {
  id: string;
  workspace_id: string;
  inbox_id: string;
  channel: Channel;
  contact_id: string;
  identity_id: string;
  created_at: Date;
}

export interface MessageRecord {
  id: string;
  workspace_id: string;
  conversation_id: string;
  ticket_id: string;
  direction: 'inbound' | 'outbound' | 'note';
  channel: Channel;
  author_kind: 'contact' | 'agent' | 'system';
  author_id: string | null;
  author_name: string;
  subject: string | null;
  text: string;
  visible_text: string | null;
  html: string | null;
  external_id: string | null;
  raw_key: string | null;
  raw_sha256: string | null;
  raw_size: number | null;
  /** Base64 of the bytes when they stand here; null when they stand in the object store. */
  raw: string | null;
  unverified_sender: boolean;
  automatic: boolean;
  quarantine_reason: string | null;
  idempotency_key: string | null;
  /** The provider's mark of files that belong together; the others are parts of this message. */
  album: string | null;
  at: Date;
}

export interface AttachmentRecord {
  id: string;
  workspace_id: string;
  message_id: string | null;
  uploaded_by: string | null;
  name: string;
  content_type: string;
  size: number;
  object_key: string;
  sha256: string;
  disposition: 'inline' | 'attachment';
  content_id: string | null;
  created_at: Date;
}

export interface DeliveryRecord {
  message_id: string;
  workspace_id: string;
  inbox_id: string;
  attempt: number;
  state: DeliveryState;
  error_code: string | null;
  error_detail: string | null;
  /** Messages that the provider may have counted for it, over all attempts. */
  counted: number;
  /** Sent in place of the text. */
  template: TemplateUse | null;
  /** When the last attempt was queued; null for what is older than the column. */
  queued_at: Date | null;
  at: Date;
}

export interface EventRecord {
  workspace_id: string;
  ticket_id: string;
  type: TicketEventType;
  actor: string;
  changes: Readonly<Record<string, unknown>>;
  message_id: string | null;
  decision_id: string | null;
  at: Date;
}

export interface LedgerRecord {
  workspace_id: string;
  partition: number;
  log_offset: string;
  inbox_id: string;
  provider_event_id: string;
  disposition: 'message' | 'duplicate' | 'quarantined' | 'change';
  reason: string | null;
  at: Date;
}

/** What a customer did, or the host told, after a message; its `body` by its kind. */
export type ChangeBody =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'deleted' }
  /** Null takes it back. */
  | { readonly kind: 'reacted'; readonly reaction: string | null }
  | { readonly kind: 'consent'; readonly consent: 'given' | 'withdrawn' }
  | { readonly kind: 'acted'; readonly activity: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'media'; readonly told: Omit<MediaStored, 'inboxId' | 'channel'> }
  | { readonly kind: 'part'; readonly text: string };

export interface InboundChangeRecord {
  id: string;
  workspace_id: string;
  inbox_id: string;
  kind: ChangeBody['kind'];
  message_id: string | null;
  external_id: string | null;
  contact_id: string | null;
  body: ChangeBody;
  refusal: ChangeRefusal | null;
  raw_key: string | null;
  raw_sha256: string | null;
  raw_size: number | null;
  raw: string | null;
  at: Date;
}

/** Why a change had no effect when it came. */
export type ChangeRefusal = 'UNKNOWN_MESSAGE' | 'NOT_AUTHOR' | 'UNKNOWN_MEDIA';

export interface MediaRecord {
  id: string;
  workspace_id: string;
  message_id: string;
  inbox_id: string;
  provider_event_id: string;
  media_id: string;
  name: string;
  content_type: string;
  state: 'pending' | 'stored' | 'failed';
  attachment_id: string | null;
  reason: string | null;
  detail: string | null;
}

export interface ConsentRecord {
  workspace_id: string;
  identity_id: string;
  inbox_id: string;
  consent: 'given' | 'withdrawn';
  change_id: string;
  /** The message that came with it, where there was one. */
  message_id: string | null;
  at: Date;
}

/**
 * Inserts rows in one statement, in their order. PostgreSQL casts by the table's own column types. Bytes, in a column
 * `raw`, come as base64: out of the record's type they come as the bytes of its letters (base64 has none that mean
 * anything in PostgreSQL's escape format), which is half of what hexadecimal costs.
 *
 * @param conflict what follows ON CONFLICT; without it a conflict is an error.
 */
export async function insertRows<T extends object>(
  manager: EntityManager,
  table: string,
  rows: readonly T[],
  conflict?: string,
): Promise<void> {
  const first = rows[0];
  if (!first) return;
  const columns = Object.keys(first);
  const values = columns.map((name) => (name === 'raw' ? `decode(encode(raw, 'escape'), 'base64')` : name));
  await manager.query(
    `INSERT INTO tickets.${table} (${columns.join(', ')})
     SELECT ${values.join(', ')} FROM json_populate_recordset(NULL::tickets.${table}, $1::json)
     ${conflict === undefined ? '' : `ON CONFLICT ${conflict}`}`,
    [JSON.stringify(rows)],
  );
}

const UPDATED_COLUMNS = [
  ...['subject', 'snippet', 'status', 'priority', 'type', 'fields', 'tags', 'assignee_id', 'queue_id'],
  ...['language', 'region', 'version', 'routing_version', 'waiting_since', 'last_inbound_at', 'read_at'],
  ...['sla_due_at', 'updated_at', 'solved_at'],
];

/**
 * Writes tickets that the transaction holds locked, in one statement. They exist, so each row is in conflict: said so,
 * PostgreSQL finds it by its id whatever it knows of the table, where a join may read the whole workspace.
 */
export async function updateTickets(manager: EntityManager, tickets: readonly TicketRecord[]): Promise<void> {
  const changes = UPDATED_COLUMNS.map((column) => `${column} = excluded.${column}`);
  await insertRows(manager, 'ticket', tickets, `(id) DO UPDATE SET ${changes.join(', ')}`);
}

/**
 * Locks tickets in the order of their ids, so that no two transactions wait for each other in a circle. A ticket's
 * lock covers its messages, deliveries and clocks.
 *
 * @param busy what becomes of tickets that another transaction holds.
 */
export async function lockTickets(
  manager: EntityManager,
  ids: readonly string[],
  busy: 'wait' | 'skip' = 'wait',
): Promise<Map<string, TicketRecord>> {
  if (ids.length === 0) return new Map();
  const rows: TicketRecord[] = await manager.query(
    `SELECT * FROM tickets.ticket WHERE id = ANY ($1::uuid[]) ORDER BY id
     FOR UPDATE ${busy === 'skip' ? 'SKIP LOCKED' : ''}`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
