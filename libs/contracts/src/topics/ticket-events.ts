import { IsInt, IsObject, IsOptional, IsString, IsUUID, Min } from 'class-validator';
import { defineTopic } from '../topic.js';

export const TICKET_EVENT_TYPES = [
  'ticket.created',
  'ticket.updated',
  'ticket.assigned',
  'ticket.queued',
  'message.added',
  'message.delivery',
  'message.changed',
  'consent.changed',
  'customer.acted',
  'sla.warned',
  'sla.breached',
  'sla.met',
] as const;
export type TicketEventType = (typeof TICKET_EVENT_TYPES)[number];

/** One change of one ticket, as the history, the console's stream and web hooks see it. */
export class TicketChanged {
  @IsUUID()
  ticketId!: string;

  @IsString()
  number!: string;

  @IsInt()
  @Min(1)
  ticketVersion!: number;

  /** `agent:<id>`, `contact:<id>`, `router`, `sla` or `system`. */
  @IsString()
  actor!: string;

  /** Changed fields, old and new: `{ status: ['new', 'open'] }`, and what belongs to the event type. */
  @IsObject()
  changes!: Record<string, unknown>;

  @IsOptional()
  @IsUUID()
  messageId?: string;
}

export const ticketEvents = defineTopic<Record<TicketEventType, TicketChanged>>({
  name: 'ticket.events',
  description: 'The history of every ticket, for whoever listens.',
  key: 'ticket id',
  producers: ['tickets'],
  consumers: ['gateway'],
  partitions: 8,
  retentionDays: 14,
  types: Object.fromEntries(TICKET_EVENT_TYPES.map((type) => [type, [TicketChanged]])) as unknown as Record<
    TicketEventType,
    [typeof TicketChanged]
  >,
});
