import type { EventItem, Priority, SlaMetric, StatusCategory, TicketType } from '@tributary/contracts';
import type { MessageId } from '../../i18n/message-ids.js';
import type { Translate } from '../../i18n/use-translate.js';

const STATUSES = new Set<string>([
  'new',
  'open',
  'pending',
  'on_hold',
  'solved',
  'closed',
] satisfies StatusCategory[]);
const PRIORITIES = new Set<string>(['low', 'normal', 'high', 'urgent'] satisfies Priority[]);
const TYPES = new Set<string>(['question', 'problem', 'refund', 'repair', 'task'] satisfies TicketType[]);

/** What an event says, one sentence a change; one that this console does not know still names its fields. */
export function eventLines(event: EventItem, t: Translate): string[] {
  const actor = actorText(event, t);
  switch (event.type) {
    case 'ticket.created':
      return [t('event.created', { actor })];
    case 'ticket.assigned':
      return [assignedLine(event, actor, t)];
    case 'ticket.queued':
      return [queuedLine(event, t)];
    case 'sla.warned':
    case 'sla.breached':
    case 'sla.met':
      return [slaLine(event, event.type, t)];
    case 'consent.changed': {
      const consent = event.changes['consent'] === 'withdrawn' ? 'withdrawn' : 'given';
      return [t(`event.consent_${consent}`, { actor })];
    }
    case 'customer.acted':
      // A device of channel `api`.
      if (event.changes['activity'] === 'signal_cleared') return [t('event.alarm_over', { actor })];
      return [t('event.acted', { actor, activity: valueText(event.changes['activity'], t) })];
    default: {
      const lines = Object.entries(event.changes).map(([field, change]) =>
        changeLine(field, change, actor, t),
      );
      return lines.length > 0 ? lines : [t('event.other', { actor, type: event.type })];
    }
  }
}

function actorText(event: EventItem, t: Translate): string {
  if (event.actor === 'router') return t('actor.router');
  if (event.actor === 'sla') return t('actor.sla');
  if (event.actor === 'system') return t('actor.system');
  return event.actorName || t('actor.system');
}

function assignedLine(event: EventItem, actor: string, t: Translate): string {
  const name = valueText(newValue(event.changes['assignee'] ?? event.changes['assigneeId']), t);
  if (event.actor === 'router') return t('event.routed', { name });
  return newValue(event.changes['assignee'] ?? event.changes['assigneeId']) === null
    ? t('event.unassigned', { actor })
    : t('event.assigned', { actor, name });
}

function queuedLine(event: EventItem, t: Translate): string {
  const queue = newValue(event.changes['queue'] ?? event.changes['queueId']);
  return queue ? t('event.queued_in', { queue: valueText(queue, t) }) : t('event.queued');
}

function slaLine(event: EventItem, type: 'sla.warned' | 'sla.breached' | 'sla.met', t: Translate): string {
  const metric = newValue(event.changes['metric']);
  const name = isMetric(metric) ? t(`metric.${metric}`) : t('sla.clock');
  return t(`event.${type}`, { metric: name });
}

const isMetric = (value: unknown): value is SlaMetric => value === 'first_reply' || value === 'resolution';

const FIELDS: Readonly<Record<string, MessageId>> = {
  status: 'field.status',
  priority: 'field.priority',
  type: 'field.type',
  subject: 'field.subject',
  tags: 'field.tags',
  queue: 'field.queue',
  queueId: 'field.queue',
  assignee: 'field.assignee',
  assigneeId: 'field.assignee',
  language: 'field.language',
  region: 'field.region',
  order: 'field.order',
};

function changeLine(field: string, change: unknown, actor: string, t: Translate): string {
  const known = FIELDS[field];
  const name = known ? t(known) : field;
  if (!Array.isArray(change) || change.length !== 2)
    return t('event.set', { actor, field: name, to: valueText(change, t) });
  const [from, to] = change as readonly unknown[];
  return isEmpty(from)
    ? t('event.set', { actor, field: name, to: valueText(to, t) })
    : t('event.changed', { actor, field: name, from: valueText(from, t), to: valueText(to, t) });
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Changes are `[old, new]`; what belongs to the event type alone stands bare. */
const newValue = (change: unknown): unknown =>
  Array.isArray(change) && change.length === 2 ? (change as readonly unknown[])[1] : change;

function valueText(value: unknown, t: Translate): string {
  if (isEmpty(value)) return t('value.none');
  if (Array.isArray(value)) return value.map((each) => valueText(each, t)).join(', ');
  if (typeof value === 'object' && value !== null) {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' ? name : JSON.stringify(value);
  }
  const text = String(value);
  if (STATUSES.has(text)) return t(`status.${text as StatusCategory}`);
  if (PRIORITIES.has(text)) return t(`priority.${text as Priority}`);
  return TYPES.has(text) ? t(`type.${text as TicketType}`) : text;
}
