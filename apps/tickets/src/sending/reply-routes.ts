import type { Channel, ReplyRoute } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import { goesOn } from '../ingestion/threading.js';
import { type ConversationRecord, insertRows } from '../rows.js';
import {
  conversationOf,
  conversationWith,
  type TicketConversation,
} from '../tickets/ticket-commands.repository.js';
import { routeUnknown } from '../tickets/ticket.errors.js';
import { sendingView } from './allow-sending.js';

/** Which of a ticket's routes a reply takes. */
export interface RouteChoice {
  readonly inboxId: string;
  readonly identityId: string;
}

interface Route {
  readonly inbox_id: string;
  readonly inbox_name: string;
  readonly channel: Channel;
  readonly identity_id: string;
  readonly kind: string;
  readonly value: string;
}

/**
 * Channels on which we may begin, by the kind of an address that means the same at every provider. All others are ids
 * of one account: they are known only there, from a conversation that the customer began.
 */
const BEGIN: Readonly<Record<string, readonly Channel[]>> = {
  email: ['email'],
  phone: ['sms', 'whatsapp', 'whatsapp_cloud'],
};

/** All of a ticket's routes, that of its current conversation first; each with what its channel allows now. */
export async function routesOf(
  manager: EntityManager,
  ticketId: string,
  now: Date,
): Promise<readonly ReplyRoute[]> {
  const current = await conversationOf(manager, ticketId);
  const routes = await findRoutes(manager, ticketId);
  const isCurrent = (route: Route) =>
    route.inbox_id === current.inbox_id && route.identity_id === current.identity_id;
  const first: Route = routes.find(isCurrent) ?? { ...current, inbox_name: '' };
  const views: ReplyRoute[] = [];
  for (const route of [first, ...routes.filter((each) => !isCurrent(each))]) {
    const { inbox_id: id, inbox_name: name, identity_id: identityId, channel, kind, value } = route;
    const sending = await sendingView(manager, route, now);
    views.push({ inbox: { id, name }, channel, identity: { id: identityId, kind, value }, sending });
  }
  return views;
}

/**
 * The conversation that a reply takes on another route, begun if there is none. The ticket has its answers from now on.
 * A channel where each matter has a conversation of its own keeps those of other tickets apart.
 *
 * @throws ProblemError ROUTE_UNKNOWN.
 */
export async function takeRoute(
  manager: EntityManager,
  ticket: { readonly id: string; readonly workspace_id: string; readonly contact_id: string },
  choice: RouteChoice,
  now: Date,
): Promise<TicketConversation> {
  const routes = await findRoutes(manager, ticket.id);
  const route = routes.find(
    ({ inbox_id, identity_id }) => inbox_id === choice.inboxId && identity_id === choice.identityId,
  );
  if (route === undefined) throw routeUnknown();
  const conversationId =
    (await newestConversation(manager, ticket.id, route)) ?? (await begin(manager, ticket, route, now));
  await manager.query(
    `INSERT INTO tickets.ticket_conversation (workspace_id, ticket_id, conversation_id, used_at)
     VALUES ($1, $2, $3, now())
     ON CONFLICT (conversation_id, ticket_id) DO UPDATE SET used_at = excluded.used_at`,
    [ticket.workspace_id, ticket.id, conversationId],
  );
  return conversationWith(manager, conversationId);
}

/** Every inbox in which the contact has a conversation, and those that can begin one at an address of theirs. */
async function findRoutes(manager: EntityManager, ticketId: string): Promise<readonly Route[]> {
  return manager.query(
    `SELECT b.id AS inbox_id, b.name AS inbox_name, b.channel, i.id AS identity_id, i.kind, i.value
     FROM tickets.ticket t
     JOIN tickets.contact_identity i ON i.contact_id = t.contact_id
     JOIN directory.inbox b ON b.workspace_id = t.workspace_id AND b.enabled
     WHERE t.id = $1 AND (
       EXISTS (SELECT 1 FROM tickets.conversation c WHERE c.identity_id = i.id AND c.inbox_id = b.id
         AND (c.channel <> 'web_form' OR EXISTS (SELECT 1 FROM tickets.ticket_conversation tc
           WHERE tc.conversation_id = c.id AND tc.ticket_id = t.id)))
       OR b.channel = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb -> i.kind))))
     ORDER BY b.name, i.kind, i.value`,
    [ticketId, JSON.stringify(BEGIN)],
  );
}

async function newestConversation(
  manager: EntityManager,
  ticketId: string,
  { inbox_id: inboxId, identity_id: identityId, channel }: Route,
): Promise<string | undefined> {
  const rows: { id: string }[] = await manager.query(
    `SELECT c.id FROM tickets.conversation c
     WHERE c.inbox_id = $1 AND c.identity_id = $2 AND ($3 OR EXISTS (
       SELECT 1 FROM tickets.ticket_conversation tc WHERE tc.conversation_id = c.id AND tc.ticket_id = $4))
     ORDER BY c.created_at DESC, c.id DESC LIMIT 1`,
    [inboxId, identityId, goesOn(channel), ticketId],
  );
  return rows[0]?.id;
}

async function begin(
  manager: EntityManager,
  ticket: { readonly workspace_id: string; readonly contact_id: string },
  route: Route,
  now: Date,
): Promise<string> {
  const conversation: ConversationRecord = {
    ...{ id: newId(), workspace_id: ticket.workspace_id, contact_id: ticket.contact_id, created_at: now },
    ...{ inbox_id: route.inbox_id, channel: route.channel, identity_id: route.identity_id },
  };
  await insertRows(manager, 'conversation', [conversation]);
  return conversation.id;
}
