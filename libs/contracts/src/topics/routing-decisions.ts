import { IsIn, IsInt, IsOptional, IsString, IsUUID, Min } from 'class-validator';
import { defineTopic } from '../topic.js';
import { PRIORITIES, type Priority } from './routing-work.js';

/** The router chose an agent. `tickets` applies it unless the ticket has moved on or a person was faster. */
export class TicketAssigned {
  @IsUUID()
  decisionId!: string;

  @IsUUID()
  ticketId!: string;

  @IsInt()
  @Min(1)
  ticketVersion!: number;

  @IsUUID()
  agentId!: string;

  @IsUUID()
  queueId!: string;

  /** What the matching rule says; absent when it leaves the ticket's own. */
  @IsOptional()
  @IsIn(PRIORITIES)
  priority?: Priority;
}

/** The ticket waits in a queue: nobody who may take it is free. */
export class TicketQueued {
  @IsUUID()
  decisionId!: string;

  @IsUUID()
  ticketId!: string;

  @IsInt()
  @Min(1)
  ticketVersion!: number;

  @IsUUID()
  queueId!: string;

  /** What the matching rule says; absent when it leaves the ticket's own. */
  @IsOptional()
  @IsIn(PRIORITIES)
  priority?: Priority;
}

/** The agent's lease ended and the work goes back to its queue with its age. */
export class TicketReturned {
  @IsUUID()
  decisionId!: string;

  @IsUUID()
  ticketId!: string;

  @IsUUID()
  agentId!: string;

  @IsOptional()
  @IsString()
  reason?: string;
}

export const routingDecisions = defineTopic<{
  'ticket.assigned': TicketAssigned;
  'ticket.queued': TicketQueued;
  'ticket.returned': TicketReturned;
}>({
  name: 'routing.decisions',
  description: 'Every decision of the router; each has an explain record under its decision id.',
  key: 'ticket id',
  producers: ['router'],
  consumers: ['tickets'],
  partitions: 8,
  retentionDays: 14,
  types: {
    'ticket.assigned': [TicketAssigned],
    'ticket.queued': [TicketQueued],
    'ticket.returned': [TicketReturned],
  },
});
