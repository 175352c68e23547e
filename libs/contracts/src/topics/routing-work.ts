import { IsArray, IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, MaxLength, Min } from 'class-validator';
import { CHANNEL_NAME, type Channel } from '../envelope.js';
import { CheckedWhen, IsInstant } from '../payload-rules.js';
import { defineTopic } from '../topic.js';

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const TICKET_TYPES = ['question', 'problem', 'refund', 'repair', 'task'] as const;
export type TicketType = (typeof TICKET_TYPES)[number];
export const CONTACT_TIERS = ['standard', 'vip'] as const;
export type ContactTier = (typeof CONTACT_TIERS)[number];
export const PRESENCE_STATES = ['available', 'busy', 'away', 'break', 'offline'] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

/** A ticket needs an agent: it is new, or its attributes changed, or its agent gave it back. */
export class TicketReady {
  @IsUUID()
  ticketId!: string;

  @IsString()
  number!: string;

  /** The ticket's version when this was written; a decision on an older one is ignored by `tickets`. */
  @IsInt()
  @Min(1)
  ticketVersion!: number;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  @IsIn(PRIORITIES)
  priority!: Priority;

  @IsIn(TICKET_TYPES)
  type!: TicketType;

  @IsIn(CONTACT_TIERS)
  contactTier!: ContactTier;

  @IsOptional()
  @MaxLength(35)
  language?: string;

  @IsOptional()
  @MaxLength(35)
  region?: string;

  /** Subject and the first 1,000 characters of the first message, for rules on text. */
  @IsString()
  @MaxLength(2100)
  text!: string;

  @IsArray()
  @IsString({ each: true })
  tags!: string[];

  /** Since when it waits; kept through re-queueing. ISO 8601 in UTC. */
  @IsInstant()
  waitingSince!: string;
}

/** A ticket no longer needs the router: solved, closed, merged, or held by an agent who was chosen by hand. */
export class TicketWithdrawn {
  @IsUUID()
  ticketId!: string;

  @IsIn(['settled', 'paused', 'assigned_by_hand', 'unassigned'])
  reason!: 'settled' | 'paused' | 'assigned_by_hand' | 'unassigned';

  /** The agent who now holds it (and pays capacity), when assigned by hand. */
  @CheckedWhen<TicketWithdrawn>('reason', 'assigned_by_hand')
  @IsUUID()
  agentId?: string;

  @IsInt()
  @Min(1)
  ticketVersion!: number;
}

/** An agent's presence: a lease that ends by itself when it is not renewed. */
export class PresenceChanged {
  @IsUUID()
  agentId!: string;

  @IsIn(PRESENCE_STATES)
  state!: PresenceState;

  /** The lease ends then; ISO 8601 in UTC. */
  @IsInstant()
  leaseUntil!: string;
}

/** People, skills, queues or the policy changed: the router reads them again. */
export class ConfigurationChanged {
  @IsString()
  what!: string;
}

export const routingWork = defineTopic<{
  'ticket.ready': TicketReady;
  'ticket.withdrawn': TicketWithdrawn;
  'presence.changed': PresenceChanged;
  'configuration.changed': ConfigurationChanged;
}>({
  name: 'routing.work',
  description: 'What the router must know to match tickets and agents, in one order a workspace.',
  key: 'workspace id',
  producers: ['tickets', 'router', 'gateway'],
  consumers: ['router'],
  partitions: 4,
  retentionDays: 14,
  types: {
    'ticket.ready': [TicketReady],
    'ticket.withdrawn': [TicketWithdrawn],
    'presence.changed': [PresenceChanged],
    'configuration.changed': [ConfigurationChanged],
  },
});
