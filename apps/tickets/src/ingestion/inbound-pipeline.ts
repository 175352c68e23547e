import { inWorkspace } from '@tributary/database';
import { type LogRecord, type Outcome, type RecordBatch, SharedWork } from '@tributary/event-log';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { ChangeSet } from '../change-set.js';
import type { SlaClocks } from '../sla/sla-clocks.js';
import { transientAsRetryable } from '../transient.js';
import { claimInbound, type InboundItem, ledgerLine } from './claim-inbound.step.js';
import { readInbound } from './inbound-record.js';
import { InboundRepository } from './inbound.repository.js';
import { placeMessages } from './place-messages.step.js';
import { resolveThreads } from './resolve-threads.step.js';
import { lockCurrentTickets } from './lock-current-tickets.step.js';
import { quarantineRecords, type UnreadableRecord } from './quarantine-records.step.js';

/**
 * The way in: records of `inbound.messages` become tickets and messages.
 *
 *     parse → [unreadable envelope → quarantine]
 *           → per workspace, one transaction:
 *             claim receipts → know senders → resolve threads → lock tickets → place → account → flush
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
    const fresh = recorded.filter(({ outcome }) => outcome.kind !== 'duplicate').map(({ item }) => item);
    if (fresh.length > 0) {
      const key = this.context.masterKey.derive('thread-token', workspaceId);
      const threads = await resolveThreads(repository, fresh, key, now);
      const current = await lockCurrentTickets(manager, repository, threads.conversationIds);
      await placeMessages({ repository, changes, threads, current, now });
    }
    await Promise.all([
      changes.flush(manager, this.sla),
      repository.writeLedger(recorded.map((each) => ledgerLine(each, workspaceId, now))),
      repository.noteActivity(new Set(fresh.map(({ envelope }) => envelope.payload.inboxId)), now),
    ]);
    return new Map(recorded.map(({ outcome }, i) => [items[i]!, outcome]));
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
