import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inboundMessages } from '@tributary/contracts';
import type { EventLog, LogRecord, PartitionLag } from '@tributary/event-log';
import { ObjectNotFoundError, type ObjectStore } from '@tributary/object-store';
import type { Clock } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import { deliveryIdOf, readInbound } from '../ingestion/inbound-record.js';
import { type AcceptedRecord, type AccountRow, comparePage, type Difference } from './reconciliation.js';
import { MOST_TOLD, type ObjectReference, ReconciliationRepository } from './reconciliation.repository.js';

export interface ReconcileParts {
  /** Connected as the role `tickets`. */
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

export interface ReconcileOptions {
  /** `sample` opens some 200 objects and the newest bytes that stand in rows, `all` every one. */
  readonly objects: 'none' | 'sample' | 'all';
  /** How long what was accepted already may take to be recorded, in milliseconds. */
  readonly settleMs: number;
}

export interface ReconcileReport {
  /** By partition, then workspace. */
  readonly rows: readonly (AccountRow & { readonly workspace: string })[];
  readonly objectsChecked: number;
  /** At most 100 a kind. */
  readonly differences: readonly Difference[];
  readonly differenceCount: number;
}

const GROUP = 'tickets';
const PAGE = 500;
const SAMPLE = 200;
/** Messages whose bytes stand in their row, newest first. */
const INLINE_SAMPLE = 2000;
const OUTBOX_MS = 60_000;
const LOOK_MS = 100;

/**
 * Compares what adapters accepted (the log, as far back as it is kept) with what is stored. Nothing is changed, and
 * the system may go on meanwhile: what is accepted after the comparison has begun is left to the next one.
 */
export async function reconcile(parts: ReconcileParts, options: ReconcileOptions): Promise<ReconcileReport> {
  const repository = new ReconciliationRepository(parts.dataSource);
  const names = await repository.workspaces();
  const collected = new Collected();
  const partitions = await settled(parts.log, options.settleMs);
  const seen = new Set(names.keys());
  for (const partition of partitions) {
    if (partition.waiting > 0n) {
      const where = `inbound.messages ${partition.partition}: ${partition.waiting} records`;
      collected.add({ kind: 'record_waits', workspaceId: null, where });
    }
    await comparePartition(parts.log, repository, partition, seen, collected);
  }
  const scope = [...seen];
  if (scope.length > 0) {
    const outboxBefore = new Date(parts.clock.now().getTime() - OUTBOX_MS);
    const own = await repository.ownDifferences(scope, outboxBefore);
    collected.addAll(own.told, own.count);
    if (options.objects !== 'none')
      await checkObjects(parts.objects, repository, scope, options.objects, collected);
  }
  const named = (row: AccountRow) => ({ ...row, workspace: nameOf(row.workspaceId, names) });
  return {
    rows: collected.rows.map(named),
    objectsChecked: collected.objectsChecked,
    differences: collected.differences,
    differenceCount: collected.count,
  };
}

/** What one run has found so far. */
class Collected {
  readonly rows: AccountRow[] = [];
  readonly differences: Difference[] = [];
  readonly #told = new Map<string, number>();
  count = 0;
  objectsChecked = 0;

  add(difference: Difference): void {
    this.count += 1;
    const told = this.#told.get(difference.kind) ?? 0;
    if (told >= MOST_TOLD) return;
    this.#told.set(difference.kind, told + 1);
    this.differences.push(difference);
  }

  addAll(told: readonly Difference[], count: number): void {
    this.differences.push(...told);
    this.count += count;
  }

  addRows(rows: readonly AccountRow[]): void {
    for (const row of rows) {
      const { workspaceId, partition } = row;
      const sum = this.rows.find((each) => each.workspaceId === workspaceId && each.partition === partition);
      if (!sum) this.rows.push({ ...row });
      else
        for (const column of ['accepted', 'messages', 'changes', 'duplicates', 'quarantined'] as const)
          sum[column] += row[column];
    }
  }
}

interface SettledPartition {
  readonly partition: number;
  readonly start: bigint;
  /** Offsets below are recorded. */
  readonly end: bigint;
  /** Accepted before the comparison, and not recorded in time. */
  readonly waiting: bigint;
}

/** Waits until everything is recorded that was accepted when the comparison began. */
async function settled(log: EventLog, settleMs: number): Promise<readonly SettledPartition[]> {
  const goal = await log.admin.lag(GROUP, inboundMessages.name);
  const isBehind = (now: readonly PartitionLag[]) => goal.some(({ end }, i) => committedOf(now[i]!) < end);
  let now = goal;
  for (let waited = 0; isBehind(now) && waited < settleMs; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    now = await log.admin.lag(GROUP, inboundMessages.name);
  }
  return goal.map(({ partition, start, end }, i) => {
    const committed = committedOf(now[i]!);
    const recorded = committed < end ? committed : end;
    return { partition, start, end: recorded < start ? start : recorded, waiting: end - recorded };
  });
}

function committedOf({ committed, start }: PartitionLag): bigint {
  return committed === null || committed < start ? start : committed;
}

async function comparePartition(
  log: EventLog,
  repository: ReconciliationRepository,
  { partition, start, end }: SettledPartition,
  seen: Set<string>,
  collected: Collected,
): Promise<void> {
  for (let from = start; from < end;) {
    const read = await log.admin.read(inboundMessages.name, partition, from, PAGE);
    const records = read.filter(({ offset }) => offset < end).map(accepted);
    for (const { delivery } of records) if (delivery) seen.add(delivery.workspaceId);
    // Offsets only grow: what lies between two records, or behind the last, must be empty in the store as well.
    const isLast = read.length === 0 || read.at(-1)!.offset >= end - 1n;
    const to = isLast ? end - 1n : read.at(-1)!.offset;
    const stored = await repository.account([...seen, NO_WORKSPACE], partition, from, to, records);
    const { differences, rows } = comparePage({ partition, records, ...stored });
    for (const difference of differences) collected.add(difference);
    collected.addRows(rows);
    from = to + 1n;
  }
}

/** A scope names at least one workspace. */
const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';

function accepted(record: LogRecord): AcceptedRecord {
  const offset = record.offset.toString();
  const reading = readInbound(record);
  if (!reading.ok) return { offset };
  const { workspaceId, payload } = reading.envelope;
  const providerEventId = deliveryIdOf(reading.envelope);
  const rawSha256 = 'raw' in payload ? payload.raw.sha256 : null;
  return { offset, delivery: { workspaceId, inboxId: payload.inboxId, providerEventId, rawSha256 } };
}

async function checkObjects(
  objects: ObjectStore,
  repository: ReconciliationRepository,
  scope: readonly string[],
  which: 'sample' | 'all',
  collected: Collected,
): Promise<void> {
  const inline = await repository.inlineBytes(scope, which === 'all' ? null : INLINE_SAMPLE);
  collected.objectsChecked += inline.checked;
  for (const difference of inline.damaged) collected.add(difference);
  const chosen: ObjectReference[] = [];
  let passed = 0;
  for await (const page of repository.objects(scope)) {
    for (const reference of page) {
      passed += 1;
      if (which === 'all') await checkObject(objects, reference, collected);
      // Each of those that passed is chosen with the same chance (Vitter's algorithm R).
      else if (chosen.length < SAMPLE) chosen.push(reference);
      else if (Math.random() < SAMPLE / passed) chosen[Math.floor(Math.random() * SAMPLE)] = reference;
    }
  }
  for (const reference of chosen) await checkObject(objects, reference, collected);
}

async function checkObject(
  objects: ObjectStore,
  reference: ObjectReference,
  collected: Collected,
): Promise<void> {
  collected.objectsChecked += 1;
  const differ = (kind: 'object_missing' | 'object_damaged') =>
    collected.add({ kind, workspaceId: reference.workspace_id, where: reference.owner });
  try {
    const content = await objects.get(reference.key);
    if (createHash('sha256').update(content).digest('hex') !== reference.sha256) differ('object_damaged');
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    differ('object_missing');
  }
}

function nameOf(workspaceId: string | null, names: ReadonlyMap<string, string>): string {
  return workspaceId === null ? '(none)' : (names.get(workspaceId) ?? workspaceId);
}
