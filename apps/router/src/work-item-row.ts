import type { Channel, ContactTier, Priority, TicketType } from '@tributary/contracts';
import type { WorkItem, WorkState } from './matching/work-item.js';

/** A row of `routing.work_item`. */
export interface ItemRow {
  readonly workspace_id: string;
  readonly ticket_id: string;
  readonly ticket_version: number;
  readonly ready_version: number;
  readonly state: WorkState;
  readonly channel: Channel | null;
  readonly priority: Priority | null;
  readonly type: TicketType | null;
  readonly contact_tier: ContactTier | null;
  readonly language: string | null;
  readonly region: string | null;
  readonly text: string | null;
  readonly waiting_since: Date;
  readonly queue_id: string | null;
  readonly units: number;
  readonly agent_id: string | null;
  readonly assigned_at: Date | null;
  readonly by_hand: boolean;
  readonly excluded_agent_id: string | null;
  readonly excluded_until: Date | null;
}

/** Every column but the workspace. */
export const ITEM_COLUMNS = [
  ...['ticket_id', 'ticket_version', 'ready_version', 'state', 'channel', 'priority', 'type', 'contact_tier'],
  ...[
    'language',
    'region',
    'text',
    'waiting_since',
    'queue_id',
    'units',
    'agent_id',
    'assigned_at',
    'by_hand',
  ],
  ...['excluded_agent_id', 'excluded_until'],
] as const;

export function itemRow(workspaceId: string, item: WorkItem): ItemRow {
  const { attributes } = item;
  return {
    workspace_id: workspaceId,
    ticket_id: item.ticketId,
    ticket_version: item.ticketVersion,
    ready_version: item.readyVersion,
    state: item.state,
    channel: attributes?.channel ?? null,
    priority: attributes?.priority ?? null,
    type: attributes?.type ?? null,
    contact_tier: attributes?.contactTier ?? null,
    language: attributes?.language ?? null,
    region: attributes?.region ?? null,
    text: attributes?.text ?? null,
    waiting_since: new Date(item.waitingSince),
    queue_id: item.queueId,
    units: item.units,
    agent_id: item.agentId,
    assigned_at: instant(item.assignedAt),
    by_hand: item.byHand,
    excluded_agent_id: item.excludedAgentId,
    excluded_until: instant(item.excludedUntil),
  };
}

export function workItem(row: ItemRow): WorkItem {
  const { channel, priority, type, contact_tier: contactTier, language, region } = row;
  return {
    ticketId: row.ticket_id,
    ticketVersion: row.ticket_version,
    readyVersion: row.ready_version,
    attributes:
      channel && priority && type && contactTier
        ? { channel, priority, type, contactTier, language, region, text: row.text ?? '' }
        : null,
    state: row.state,
    waitingSince: row.waiting_since.getTime(),
    queueId: row.queue_id,
    units: row.units,
    agentId: row.agent_id,
    assignedAt: row.assigned_at?.getTime() ?? null,
    byHand: row.by_hand,
    excludedAgentId: row.excluded_agent_id,
    excludedUntil: row.excluded_until?.getTime() ?? null,
  };
}

function instant(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
