import type { LedgerRecord } from '../rows.js';

/** What can be wrong between what adapters accepted and what is stored. */
export type DifferenceKind =
  /** A record of the log of which the store says nothing. */
  | 'no_disposition'
  | 'two_dispositions'
  /** The line at the record's place is about another delivery. */
  | 'other_delivery'
  /** The store speaks of a record that the log does not have. */
  | 'no_record'
  | 'no_receipt'
  | 'no_message'
  /** The message names other bytes than the record does. */
  | 'other_bytes'
  /** A receipt that no record accounts for, so its message has none either. */
  | 'receipt_without_record'
  | 'receipt_of_two_records'
  | 'message_without_receipt'
  | 'change_without_receipt'
  | 'message_of_two_receipts'
  | 'outbound_without_delivery'
  /** Nobody carries the outbox to the log. */
  | 'outbox_waits'
  /** Nobody records what was accepted. */
  | 'record_waits'
  | 'object_missing'
  | 'object_damaged';

export interface Difference {
  readonly kind: DifferenceKind;
  /** Null where none can be told. */
  readonly workspaceId: string | null;
  /** Where to look: `inbound.messages 3@17`, `message <id>`. */
  readonly where: string;
}

/** A record of the log, as far as the account goes. */
export interface AcceptedRecord {
  readonly offset: string;
  /** Absent for what is no envelope of the topic. */
  readonly delivery?: {
    readonly workspaceId: string;
    readonly inboxId: string;
    readonly providerEventId: string;
    /** Null for the word on a file, which has no bytes of its own. */
    readonly rawSha256: string | null;
  };
}

export type StoredLine = Pick<
  LedgerRecord,
  'workspace_id' | 'log_offset' | 'inbox_id' | 'provider_event_id' | 'disposition'
>;

/** A delivery's receipt, and the message or change it names. */
export interface StoredReceipt {
  readonly workspace_id: string;
  readonly inbox_id: string;
  readonly provider_event_id: string;
  /** Null when the receipt names a message or change that is not there. */
  readonly subject_id: string | null;
  readonly raw_sha256: string | null;
}

/** One stretch of a partition: its records, and everything the store says of it. */
export interface AccountPage {
  readonly partition: number;
  readonly records: readonly AcceptedRecord[];
  readonly lines: readonly StoredLine[];
  /** Offsets of records that are kept as they came. */
  readonly quarantinedOffsets: readonly string[];
  readonly receipts: readonly StoredReceipt[];
}

/** How many records of a workspace ended in which way; `workspaceId` is null for those that name none. */
export interface AccountRow {
  readonly workspaceId: string | null;
  readonly partition: number;
  accepted: number;
  messages: number;
  /** Edits, deletes, reactions, consents, files, parts of albums. */
  changes: number;
  duplicates: number;
  quarantined: number;
}

/** Every record has one disposition, every disposition its record, and each message the bytes that were accepted. */
export function comparePage(page: AccountPage): {
  readonly differences: readonly Difference[];
  readonly rows: readonly AccountRow[];
} {
  const { partition } = page;
  const lines = new Map(page.lines.map((line) => [line.log_offset, line]));
  const kept = new Set(page.quarantinedOffsets);
  const receipts = new Map(page.receipts.map((receipt) => [keyOf(receipt), receipt]));
  const rows = new Map<string | null, AccountRow>();
  const differences: Difference[] = [];
  for (const record of page.records) {
    const workspaceId = record.delivery?.workspaceId ?? null;
    const line = lines.get(record.offset);
    const differ = (kind: DifferenceKind) =>
      differences.push({ kind, workspaceId, where: place(partition, record.offset) });
    for (const kind of faultsOf(record, line, kept.has(record.offset), receipts)) differ(kind);
    count(rowOf(rows, workspaceId, partition), line, kept.has(record.offset));
    lines.delete(record.offset);
    kept.delete(record.offset);
  }
  for (const line of lines.values()) {
    const where = place(partition, line.log_offset);
    differences.push({ kind: 'no_record', workspaceId: line.workspace_id, where });
  }
  for (const offset of kept) {
    differences.push({ kind: 'no_record', workspaceId: null, where: place(partition, offset) });
  }
  return { differences, rows: [...rows.values()] };
}

function faultsOf(
  { delivery }: AcceptedRecord,
  line: StoredLine | undefined,
  isKept: boolean,
  receipts: ReadonlyMap<string, StoredReceipt>,
): DifferenceKind[] {
  if (!line) return isKept ? [] : ['no_disposition'];
  if (isKept) return ['two_dispositions'];
  const wanted = delivery && keyOf(deliveryKey(delivery));
  if (wanted === undefined || wanted !== keyOf(line)) return ['other_delivery'];
  const receipt = receipts.get(wanted);
  if (!receipt) return ['no_receipt'];
  if (receipt.subject_id === null) return ['no_message'];
  // A duplicate may have come with other bytes (a form sent anew, a mail with another trace header).
  const isOriginal = line.disposition !== 'duplicate';
  return isOriginal && receipt.raw_sha256 !== delivery?.rawSha256 ? ['other_bytes'] : [];
}

function count(row: AccountRow, line: StoredLine | undefined, isKept: boolean): void {
  row.accepted += 1;
  if (line?.disposition === 'message') row.messages += 1;
  if (line?.disposition === 'change') row.changes += 1;
  if (line?.disposition === 'duplicate') row.duplicates += 1;
  if (line?.disposition === 'quarantined' || (!line && isKept)) row.quarantined += 1;
}

function rowOf(
  rows: Map<string | null, AccountRow>,
  workspaceId: string | null,
  partition: number,
): AccountRow {
  const found = rows.get(workspaceId);
  if (found) return found;
  const made = {
    workspaceId,
    partition,
    accepted: 0,
    messages: 0,
    changes: 0,
    duplicates: 0,
    quarantined: 0,
  };
  rows.set(workspaceId, made);
  return made;
}

function deliveryKey({ workspaceId, inboxId, providerEventId }: NonNullable<AcceptedRecord['delivery']>) {
  return { workspace_id: workspaceId, inbox_id: inboxId, provider_event_id: providerEventId };
}

function keyOf(of: Pick<StoredReceipt, 'workspace_id' | 'inbox_id' | 'provider_event_id'>): string {
  return `${of.workspace_id}/${of.inbox_id}/${of.provider_event_id}`;
}

function place(partition: number, offset: string): string {
  return `inbound.messages ${partition}@${offset}`;
}
