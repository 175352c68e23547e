import type {
  EventItem,
  MessageItem,
  SlaClockView,
  TicketRow,
  TicketStreamEvent,
} from '@tributary/contracts';

export const NOON = Date.parse('2026-11-24T12:00:00Z');

/** An instant so many minutes after noon. */
export const at = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString();

export const aClock = (fields: Partial<SlaClockView> = {}): SlaClockView => ({
  metric: 'first_reply',
  state: 'running',
  dueAt: at(30),
  warnAt: at(15),
  targetSeconds: 4 * 3600,
  consumedSeconds: 3600,
  asOf: at(0),
  startedAt: at(-60),
  stoppedAt: null,
  breachedAt: null,
  policyName: 'Standard',
  calendarName: 'Always',
  ...fields,
});

export const aRow = (id: string, fields: Partial<TicketRow> = {}): TicketRow => ({
  id,
  number: id,
  subject: `Subject ${id}`,
  snippet: '',
  channel: 'email',
  status: 'open',
  priority: 'normal',
  type: 'question',
  contact: { id: 'contact', name: 'Ann', tier: 'standard' },
  assignee: { id: 'me', name: 'Lin' },
  queue: { id: 'general', name: 'General' },
  tags: [],
  unread: false,
  createdAt: at(0),
  updatedAt: at(0),
  version: 1,
  sla: null,
  ...fields,
});

export const anEventOn = (ticket: TicketRow, fields: Partial<TicketStreamEvent> = {}): TicketStreamEvent => ({
  type: 'ticket.updated',
  ticket,
  actor: 'router',
  changes: {},
  messageId: null,
  ...fields,
});

export const aMessage = (id: string, fields: Partial<MessageItem> = {}): MessageItem => ({
  kind: 'message',
  id,
  direction: 'inbound',
  channel: 'email',
  author: { id: 'ann', name: 'Ann', kind: 'contact' },
  at: at(0),
  text: 'Hello',
  visibleText: null,
  hasHtml: false,
  attachments: [],
  media: [],
  earlier: [],
  deletedAt: null,
  reactions: [],
  activities: [],
  unverifiedSender: false,
  automatic: false,
  quarantined: false,
  delivery: null,
  ...fields,
});

export const aChange = (id: string, fields: Partial<EventItem> = {}): EventItem => ({
  kind: 'event',
  id,
  type: 'ticket.updated',
  at: at(0),
  actor: 'agent:me',
  actorName: 'Lin',
  changes: {},
  decisionId: null,
  ...fields,
});
