import { inWorkspace } from '@tributary/database';
import { type LogRecord, type Outcome, type RecordBatch, SharedWork } from '@tributary/event-log';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { ChangeSet } from '../change-set.js';
import type { ChangeRefusal } from '../rows.js';
import type { SlaClocks } from '../sla/sla-clocks.js';
import { transientAsRetryable } from '../transient.js';
import { applyChanges } from './apply-changes.step.js';
import {
  type ClaimedChange,
  type ClaimedItem,
  claimInbound,
  type InboundItem,
  ledgerLine,
  outcomeOf,
} from './claim-inbound.step.js';
import { findChangeTargets } from './find-change-targets.step.js';
import { InboundChangeRepository } from './inbound-change.repository.js';
import { readInbound } from './inbound-record.js';
import { InboundRepository } from './inbound.repository.js';
import { placeMessages } from './place-messages.step.js';
import { resolveThreads } from './resolve-threads.step.js';
import { lockCurrentTickets } from './lock-current-tickets.step.js';
import { sendTranscripts } from './send-transcripts.step.js';
import { quarantineRecords, type UnreadableRecord } from './quarantine-records.step.js';

/**
 * The way in: records of `inbound.messages` become tickets and messages.
 *
 *     parse → [unreadable envelope → quarantine]
 *           → per workspace, one transaction:
 *             claim receipts → know senders → resolve threads → find what changes are about → lock tickets
 *             → place messages → send transcripts → apply changes → flush → account
 *
 * The offset moves after the commit. A batch that is delivered again finds its receipts and changes nothing.
 */
export class InboundPipeline {
  readonly #recording = new SharedWork<InboundItem, Outcome>({
    keyOf: ({ envelope }) => envelope.workspaceId,
    rest: (workedMs) => this.context.rightOfWay.giveWay(workedMs),
    work: (workspaceId, items) =>
      inWorkspace(this.context.dataSource, workspaceId, (manager) =>
        this.#record(manager, workspaceId, items),
      ),
  });

  constructor(
    private readonly context: ServiceContext,
    private readonly sla: SlaClocks,
  ) {}

  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return transientAsRetryable(async () => {
      const { readable, unreadable } = parseBatch(batch);
      await quarantineRecords(this.context.dataSource, unreadable);
      const outcomes = new Map<LogRecord, Outcome>(
        unreadable.map(({ record, reason }) => [record, { kind: 'quarantined', reason }]),
      );
      for (const [item, outcome] of await this.#recording.do(readable)) outcomes.set(item.record, outcome);
      return batch.records.map((record) => outcomes.get(record)!);
    });
  }

  async #record(
    manager: EntityManager,
    workspaceId: string,
    items: readonly InboundItem[],
  ): Promise<ReadonlyMap<InboundItem, Outcome>> {
    const now = this.context.clock.now();
    const repository = new InboundRepository(manager, workspaceId);
    const changes = new ChangeSet(workspaceId, now);
    const recorded = await claimInbound(repository, items);
    const fresh = recorded.filter(({ isFresh }) => isFresh).map(({ item }) => item);
    const refusals = await this.#place(manager, repository, changes, fresh);
    const outcomes = recorded.map((each) => {
      const { item } = each;
      return outcomeOf(each, 'changeId' in item ? refusals.get(item.changeId) : undefined);
    });
    await Promise.all([
      changes.flush(manager, this.sla),
      repository.writeLedger(recorded.map((each, i) => ledgerLine(each, outcomes[i]!, workspaceId, now))),
      repository.noteActivity(new Set(fresh.map(({ envelope }) => envelope.payload.inboxId)), now),
    ]);
    return new Map(items.map((item, i) => [item, outcomes[i]!]));
  }

  /** @returns why changes had no effect, by change id. */
  async #place(
    manager: EntityManager,
    repository: InboundRepository,
    changes: ChangeSet,
    fresh: readonly (ClaimedItem | ClaimedChange)[],
  ): Promise<ReadonlyMap<string, ChangeRefusal>> {
    if (fresh.length === 0) return new Map();
    const { workspaceId, now } = changes;
    const messages = fresh.filter((item) => 'messageId' in item);
    const late = fresh.filter((item) => 'changeId' in item);
    const key = this.context.masterKey.derive('thread-token', workspaceId);
    const threads = await resolveThreads(repository, messages, key, now);
    const stored = new InboundChangeRepository(manager, workspaceId);
    const targets = await findChangeTargets(repository, stored, late, now);
    const { current, tickets } = await lockCurrentTickets(
      manager,
      repository,
      threads.conversationIds,
      targets.ticketIds,
    );
    const placed = await placeMessages({ repository, changes, threads, current, now });
    for (const { ticket } of placed) tickets.set(ticket.id, ticket);
    await sendTranscripts({ manager, changes, targets, tickets, key }, late);
    return applyChanges({ changes, targets, placed, tickets }, late);
  }
}

function parseBatch(batch: RecordBatch): {
  readonly readable: readonly InboundItem[];
  readonly unreadable: readonly UnreadableRecord[];
} {
  const readable: InboundItem[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const record of batch.records) {
    const parsed = readInbound(record);
    if (parsed.ok) readable.push({ record, envelope: parsed.envelope });
    else unreadable.push({ record, reason: parsed.reason, detail: parsed.detail });
  }
  return { readable, unreadable };
}
