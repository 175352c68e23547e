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

/** Every column but the workspace: its name, its type, and how it is read from an item. */
export const ITEM_COLUMNS: readonly (readonly [
  name: Exclude<keyof ItemRow, 'workspace_id'>,
  type: string,
  read: (item: WorkItem) => unknown,
])[] = [
  ['ticket_id', 'uuid', (item) => item.ticketId],
  ['ticket_version', 'integer', (item) => item.ticketVersion],
  ['ready_version', 'integer', (item) => item.readyVersion],
  ['state', 'text', (item) => item.state],
  ['channel', 'text', (item) => item.attributes?.channel ?? null],
  ['priority', 'text', (item) => item.attributes?.priority ?? null],
  ['type', 'text', (item) => item.attributes?.type ?? null],
  ['contact_tier', 'text', (item) => item.attributes?.contactTier ?? null],
  ['language', 'text', (item) => item.attributes?.language ?? null],
  ['region', 'text', (item) => item.attributes?.region ?? null],
  ['text', 'text', (item) => item.attributes?.text ?? null],
  ['waiting_since', 'timestamptz', (item) => new Date(item.waitingSince)],
  ['queue_id', 'uuid', (item) => item.queueId],
  ['units', 'smallint', (item) => item.units],
  ['agent_id', 'uuid', (item) => item.agentId],
  ['assigned_at', 'timestamptz', (item) => instant(item.assignedAt)],
  ['by_hand', 'boolean', (item) => item.byHand],
  ['excluded_agent_id', 'uuid', (item) => item.excludedAgentId],
  ['excluded_until', 'timestamptz', (item) => instant(item.excludedUntil)],
];

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
