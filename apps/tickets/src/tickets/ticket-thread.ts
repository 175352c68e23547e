import type { AttachmentView, EventItem, MediaView, MessageItem, ThreadItem } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import type {
  AttachmentRecord,
  DeliveryRecord,
  EventRecord,
  InboundChangeRecord,
  MediaRecord,
  MessageRecord,
} from '../rows.js';
import { nameChanges } from './event-changes.js';
import { type MessageStory, tellStory } from './message-story.js';

type StoredMessage = MessageRecord & { readonly has_html: boolean; readonly inbox_id: string };
type StoredChange = Pick<InboundChangeRecord, 'message_id' | 'body' | 'external_id' | 'contact_id' | 'at'>;
type StoredEvent = EventRecord & { readonly id: string; readonly actor_name: string | null };

/**
 * Messages in the log's order, each event after the messages that came before it. Messages carry the instants of
 * whoever accepted them, and those clocks differ: their order is never by time.
 */
export async function threadOf(manager: EntityManager, ticketId: string): Promise<ThreadItem[]> {
  const messages: StoredMessage[] = await manager.query(
    `SELECT m.id, m.direction, m.channel, m.author_kind, m.author_id, m.author_name, m.text, m.visible_text,
       m.external_id, m.unverified_sender, m.automatic, m.quarantine_reason, m.at, m.html IS NOT NULL AS has_html,
       c.inbox_id
     FROM tickets.message m JOIN tickets.conversation c ON c.id = m.conversation_id
     WHERE m.ticket_id = $1 ORDER BY m.position`,
    [ticketId],
  );
  const ids = messages.map((message) => message.id);
  const attachments: AttachmentRecord[] = await manager.query(
    `SELECT * FROM tickets.attachment WHERE message_id = ANY ($1::uuid[]) ORDER BY id`,
    [ids],
  );
  const deliveries: DeliveryRecord[] = await manager.query(
    `SELECT * FROM tickets.delivery WHERE message_id = ANY ($1::uuid[])`,
    [ids],
  );
  const stored: StoredEvent[] = await manager.query(
    `SELECT e.*, COALESCE(p.name, c.name) AS actor_name FROM tickets.event e
     LEFT JOIN directory.person p ON e.actor = 'agent:' || p.id
     LEFT JOIN tickets.contact c
       ON c.id = CASE WHEN e.actor LIKE 'contact:%' THEN substr(e.actor, 9)::uuid END
     WHERE e.ticket_id = $1 AND e.type NOT IN ('message.added', 'message.delivery', 'message.changed') ORDER BY e.id`,
    [ticketId],
  );
  const changes = await nameChanges(
    manager,
    stored.map((event) => event.changes),
  );
  const events = stored.map((event, i): StoredEvent => ({ ...event, changes: changes[i]! }));
  const later = await laterOf(manager, messages);
  const filesOf = Map.groupBy(attachments, (file) => file.message_id!);
  const deliveryOf = new Map(deliveries.map((delivery) => [delivery.message_id, delivery]));
  const names = await namesOf(manager, [...later.values()]);
  const items: ThreadItem[] = [];
  let told = 0;
  for (const message of messages) {
    for (; told < events.length && events[told]!.at < message.at; told++)
      items.push(eventItem(events[told]!));
    const { changes: own, media } = later.get(message.id) ?? NOTHING_LATER;
    const files = inOrder(filesOf.get(message.id) ?? [], media);
    const story = tellStory(message, own);
    items.push(messageItem({ message, story, files, media }, deliveryOf.get(message.id), names));
  }
  return [...items, ...events.slice(told).map(eventItem)];
}

interface Later {
  readonly changes: StoredChange[];
  /** In the order of the message. */
  readonly media: MediaRecord[];
}

const NOTHING_LATER: Later = { changes: [], media: [] };

/**
 * What came after each message. Also what came before it and found nothing: providers deliver in any order, and our
 * own messages get their provider's id only when it is told.
 */
async function laterOf(
  manager: EntityManager,
  messages: readonly StoredMessage[],
): Promise<ReadonlyMap<string, Later>> {
  const changes: StoredChange[] = await manager.query(
    `SELECT t.id AS message_id, k.body, k.external_id, k.contact_id, k.at
     FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (id, inbox_id, external_id)
     CROSS JOIN LATERAL (
       SELECT * FROM tickets.inbound_change WHERE message_id = t.id AND refusal IS NULL
       UNION ALL
       SELECT * FROM tickets.inbound_change
       WHERE inbox_id = t.inbox_id AND refusal = 'UNKNOWN_MESSAGE' AND external_id = ANY (ARRAY(
         SELECT t.external_id UNION ALL
         SELECT p.external_id FROM tickets.inbound_change p WHERE p.message_id = t.id AND p.kind = 'part'))
     ) AS k
     ORDER BY k.position`,
    [
      messages.map(({ id }) => id),
      messages.map(({ inbox_id: inboxId }) => inboxId),
      messages.map(({ external_id: externalId }) => externalId),
    ],
  );
  const media: MediaRecord[] = await manager.query(
    `SELECT * FROM tickets.message_media WHERE message_id = ANY ($1::uuid[]) ORDER BY position`,
    [messages.map(({ id }) => id)],
  );
  const later = new Map<string, Later>();
  const of = (messageId: string): Later => {
    const found = later.get(messageId) ?? { changes: [], media: [] };
    later.set(messageId, found);
    return found;
  };
  for (const change of changes) of(change.message_id!).changes.push(change);
  for (const each of media) of(each.message_id).media.push(each);
  return later;
}

/** Names of the contacts who reacted, by id. */
async function namesOf(
  manager: EntityManager,
  later: readonly Later[],
): Promise<ReadonlyMap<string, string>> {
  const reacted = later.flatMap(({ changes }) =>
    changes.flatMap(({ body, contact_id: id }) => (body.kind === 'reacted' && id !== null ? id : [])),
  );
  if (reacted.length === 0) return new Map();
  const rows: { id: string; name: string }[] = await manager.query(
    `SELECT id, name FROM tickets.contact WHERE id = ANY ($1::uuid[])`,
    [[...new Set(reacted)]],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Files that came with the message, then those that were fetched, in the order of their references. */
function inOrder(
  files: readonly AttachmentRecord[],
  media: readonly MediaRecord[],
): readonly AttachmentRecord[] {
  const rank = new Map(media.map(({ attachment_id: id }, i) => [id, i + 1]));
  return files.toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0));
}

interface Told {
  readonly message: StoredMessage;
  readonly story: MessageStory;
  readonly files: readonly AttachmentRecord[];
  readonly media: readonly MediaRecord[];
}

function messageItem(
  { message, story, files, media }: Told,
  delivery: DeliveryRecord | undefined,
  names: ReadonlyMap<string, string>,
): MessageItem {
  const { text, visibleText: visible, earlier, deletedAt, reactions, activities } = story;
  return {
    kind: 'message',
    id: message.id,
    direction: message.direction,
    channel: message.channel,
    author: { id: message.author_id ?? '', name: message.author_name, kind: message.author_kind },
    at: message.at.toISOString(),
    text,
    visibleText: visible === null || visible === text ? null : visible,
    hasHtml: message.has_html && earlier.length === 0,
    attachments: files.map(attachmentView),
    media: media.flatMap(mediaView),
    earlier: earlier.map(({ text: before, until }) => ({ text: before, until: until.toISOString() })),
    deletedAt: deletedAt?.toISOString() ?? null,
    reactions: reactions.map(({ reaction, contactId, at }) => ({
      ...{ reaction, by: { id: contactId, name: names.get(contactId) ?? '' }, at: at.toISOString() },
    })),
    activities: activities.map(({ at, ...each }) => ({ ...each, at: at.toISOString() })),
    unverifiedSender: message.unverified_sender,
    automatic: message.automatic,
    quarantined: message.quarantine_reason !== null,
    delivery: delivery
      ? {
          state: delivery.state,
          attempt: delivery.attempt,
          errorCode: delivery.error_code,
          errorDetail: delivery.error_detail,
          at: delivery.at.toISOString(),
        }
      : null,
  };
}

function eventItem(event: StoredEvent): EventItem {
  return {
    kind: 'event',
    id: event.id,
    type: event.type,
    at: event.at.toISOString(),
    actor: event.actor,
    actorName: event.actor_name ?? event.actor.split(':')[0]!,
    changes: event.changes,
    decisionId: event.decision_id,
  };
}

function attachmentView(file: AttachmentRecord): AttachmentView {
  return {
    id: file.id,
    name: file.name,
    contentType: file.content_type,
    size: Number(file.size),
    disposition: file.disposition,
    url: `/api/attachments/${file.id}`,
  };
}

function mediaView({ id, name, content_type: contentType, state, reason, detail }: MediaRecord): MediaView[] {
  return state === 'stored' ? [] : [{ id, name, contentType, state, reason, detail }];
}
