import {
  type DecisionView,
  encodeRecord,
  type RecordOf,
  routingDecisions,
  type TicketAssigned,
  type TicketQueued,
  type TicketReturned,
} from '@tributary/contracts';
import type { OutboxRecord } from '@tributary/database';
import { newId } from '@tributary/runtime';
import type { Decision } from '../matching/decision.js';
import type { OfWorkspace, StoredDecision } from '../routing.repository.js';

/** A decision with what only the owner knows. */
export interface IdentifiedDecision extends Decision {
  readonly id: string;
  readonly workspaceId: string;
  readonly epoch: number;
}

export function identified(
  owner: { readonly workspaceId: string; readonly epoch: number },
  decisions: readonly Decision[],
): readonly IdentifiedDecision[] {
  const { workspaceId, epoch } = owner;
  return decisions.map((decision) => ({ ...decision, id: newId(), workspaceId, epoch }));
}

/** The explain record as it is stored; id and instant have columns of their own. */
export function decisionRow(decision: IdentifiedDecision): OfWorkspace<StoredDecision> {
  const { id, workspaceId, ticketId, at, outcome } = decision;
  const explain: Omit<DecisionView, 'id' | 'at'> = {
    outcome,
    cause: decision.cause,
    policyVersion: decision.policyVersion,
    rule: decision.rule,
    queue: decision.queue,
    requirements: decision.requirements,
    funnel: decision.funnel,
    best: decision.best,
    agent: decision.agent,
    tieBreak: decision.tieBreak,
    waitedSeconds: decision.waitedSeconds,
    competitors: decision.competitors,
    epoch: decision.epoch,
  };
  return {
    workspaceId,
    value: { id, ticketId, at: new Date(at), outcome, explain },
  };
}

/** What `tickets` must know. */
export function decisionRecord(decision: IdentifiedDecision): OutboxRecord {
  const envelope = {
    id: newId(),
    version: 1,
    workspaceId: decision.workspaceId,
    occurredAt: new Date(decision.at).toISOString(),
    ...typedPayload(decision),
  } satisfies RecordOf<typeof routingDecisions>;
  return { topic: routingDecisions.name, key: decision.ticketId, value: encodeRecord(envelope) };
}

function typedPayload(decision: IdentifiedDecision) {
  const { id: decisionId, ticketId, ticketVersion, agent, queue, rulePriority } = decision;
  const priority = rulePriority === null ? {} : { priority: rulePriority };
  switch (decision.outcome) {
    case 'assigned': {
      const payload: TicketAssigned = {
        decisionId,
        ticketId,
        ticketVersion,
        agentId: agent!.id,
        queueId: queue.id,
        ...priority,
      };
      return { type: 'ticket.assigned' as const, payload };
    }
    case 'queued': {
      const payload: TicketQueued = { decisionId, ticketId, ticketVersion, queueId: queue.id, ...priority };
      return { type: 'ticket.queued' as const, payload };
    }
    case 'returned': {
      const reason = decision.cause === 'configuration' ? 'agent_deactivated' : decision.cause;
      const payload: TicketReturned = { decisionId, ticketId, agentId: agent!.id, reason };
      return { type: 'ticket.returned' as const, payload };
    }
  }
}
