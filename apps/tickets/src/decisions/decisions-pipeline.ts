import { parseRecord, type RecordOf, type TicketAssigned, routingDecisions } from '@tributary/contracts';
import { claimReceipts, inWorkspace } from '@tributary/database';
import { type LogRecord, type Outcome, type RecordBatch, SharedWork } from '@tributary/event-log';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { connectCallers } from '../calls/connect-callers.js';
import { ChangeSet, isSettled } from '../change-set.js';
import { lockTickets, type TicketRecord } from '../rows.js';
import type { SlaClocks } from '../sla/sla-clocks.js';
import { transientAsRetryable } from '../transient.js';

type Decision = RecordOf<typeof routingDecisions>;
interface DecisionItem {
  readonly record: LogRecord;
  readonly envelope: Decision;
}

const CONSUMER = 'routing.decisions';

/**
 * The router's word becomes the ticket's state, unless the ticket has moved on:
 *
 *     parse → per workspace, one transaction: claim receipts → lock tickets → apply in order → flush
 */
export class DecisionsPipeline {
  readonly #applying = new SharedWork<DecisionItem, Outcome>({
    keyOf: ({ envelope }) => envelope.workspaceId,
    rest: (workedMs) => this.context.rightOfWay.giveWay(workedMs),
    work: (workspaceId, items) =>
      inWorkspace(this.context.dataSource, workspaceId, (manager) =>
        this.#apply(manager, workspaceId, items),
      ),
  });

  constructor(
    private readonly context: ServiceContext,
    private readonly sla: SlaClocks,
  ) {}

  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return transientAsRetryable(async () => {
      const outcomes = new Map<LogRecord, Outcome>();
      const items: DecisionItem[] = [];
      for (const record of batch.records) {
        const parsed = parseRecord(routingDecisions, record.value);
        if (parsed.ok) items.push({ record, envelope: parsed.envelope as Decision });
        else outcomes.set(record, this.#refuse(record, parsed.reason, parsed.detail));
      }
      for (const [item, outcome] of await this.#applying.do(items)) outcomes.set(item.record, outcome);
      return batch.records.map((record) => outcomes.get(record)!);
    });
  }

  async #apply(
    manager: EntityManager,
    workspaceId: string,
    items: readonly DecisionItem[],
  ): Promise<ReadonlyMap<DecisionItem, Outcome>> {
    // A record that stands twice in the batch is fresh once.
    const fresh = new Set(
      await claimReceipts(
        manager,
        'tickets',
        CONSUMER,
        items.map(({ envelope }) => ({ workspaceId, eventId: envelope.id })),
      ),
    );
    const changes = new ChangeSet(workspaceId, this.context.clock.now());
    const tickets = await lockTickets(
      manager,
      items.map(({ envelope }) => envelope.payload.ticketId),
    );
    const outcomes = new Map<DecisionItem, Outcome>();
    for (const item of items) {
      const { envelope } = item;
      const ticket = tickets.get(envelope.payload.ticketId);
      if (!fresh.delete(envelope.id)) outcomes.set(item, { kind: 'duplicate' });
      else if (!ticket) outcomes.set(item, { kind: 'ignored', reason: 'UNKNOWN_TICKET' });
      else outcomes.set(item, applyDecision(changes, ticket, envelope));
    }
    const assigned = [...outcomes].flatMap(([{ envelope }, { kind }]) =>
      envelope.type === 'ticket.assigned' && kind === 'done' ? tickets.get(envelope.payload.ticketId)! : [],
    );
    await connectCallers(manager, changes, assigned);
    await changes.flush(manager, this.sla);
    return outcomes;
  }

  /** Our own router wrote it: a fault of ours, loud, and no customer's message is lost by it. */
  #refuse(record: LogRecord, reason: string, detail: string): Outcome {
    const { topic, partition, offset } = record;
    this.context.logger.error(
      { topic, partition, offset: offset.toString(), reason, detail },
      'decision_unreadable',
    );
    return { kind: 'quarantined', reason };
  }
}

const STALE: Outcome = { kind: 'ignored', reason: 'STALE' };

function applyDecision(changes: ChangeSet, ticket: TicketRecord, decision: Decision): Outcome {
  switch (decision.type) {
    case 'ticket.assigned':
      return assign(changes, ticket, decision.payload);
    case 'ticket.queued': {
      const { payload } = decision;
      if (payload.ticketVersion !== ticket.routing_version || ticket.assignee_id) return STALE;
      changes.change(
        ticket,
        'router',
        { queue_id: payload.queueId, priority: payload.priority ?? ticket.priority },
        payload.decisionId,
      );
      return { kind: 'done' };
    }
    case 'ticket.returned': {
      const { payload } = decision;
      if (ticket.assignee_id !== payload.agentId || isSettled(ticket)) return STALE;
      changes.change(ticket, 'router', { assignee_id: null }, payload.decisionId);
      return { kind: 'done' };
    }
  }
}

function assign(changes: ChangeSet, ticket: TicketRecord, payload: TicketAssigned): Outcome {
  if (payload.ticketVersion !== ticket.routing_version || ticket.assignee_id || isSettled(ticket))
    return STALE;
  changes.change(
    ticket,
    'router',
    {
      assignee_id: payload.agentId,
      queue_id: payload.queueId,
      priority: payload.priority ?? ticket.priority,
      status: ticket.status === 'new' ? 'open' : ticket.status,
    },
    payload.decisionId,
  );
  return { kind: 'done' };
}
