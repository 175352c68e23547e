import type { AgentLoad, StoredMessage, StoredState, StoredTicket } from '@tributary/testing';
import { Client } from 'pg';
import { messageIdIn } from './conversations.js';

interface MessageRow extends Omit<StoredMessage, 'id'> {
  readonly id: string;
  readonly text: string;
}

/** Reads what is stored past the product and its row-level security, in one snapshot. */
export async function readStoredState(connectionString: string): Promise<StoredState> {
  return withClient(connectionString, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: messages } = await client.query<MessageRow>(MESSAGES);
    const { rows: tickets } = await client.query<StoredTicket>(TICKETS);
    const { rows: loads } = await client.query<AgentLoad>(LOADS);
    const { rows: quarantined } = await client.query<{ sha256: string }>(QUARANTINED);
    return {
      messages: messages.map(({ id, text, ...place }) => ({
        id: messageIdIn(text) ?? `unknown ${id}`,
        ...place,
      })),
      tickets,
      loads,
      quarantined: quarantined.map(({ sha256 }) => sha256),
      work: [],
    };
  });
}

/** Nothing waits in an outbox. */
export async function outboxesAreEmpty(connectionString: string): Promise<boolean> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query<{ waiting: boolean }>(
      'SELECT EXISTS (SELECT FROM tickets.outbox) OR EXISTS (SELECT FROM routing.outbox) AS waiting',
    );
    return !rows[0]!.waiting;
  });
}

/** A connection past the product and its row-level security, for as long as the work takes. */
export async function withClient<T>(
  connectionString: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString, application_name: 'tributary-faults' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const MESSAGES = `
  SELECT id, text, conversation_id AS "conversationId", ticket_id AS "ticketId", position::float8 AS position
  FROM tickets.message WHERE direction = 'inbound' ORDER BY position`;

const TICKETS = `
  SELECT t.id, t.assignee_id AS "assigneeId",
         ARRAY(SELECT e.type FROM tickets.event e
               WHERE e.ticket_id = t.id AND (e.changes->>'direction' IS NULL OR e.changes->>'direction' = 'inbound')
               ORDER BY e.id) AS events,
         ARRAY(SELECT d.explain->'agent'->>'id' FROM routing.decision d
               WHERE d.ticket_id = t.id AND d.outcome = 'assigned' ORDER BY d.id) AS "assignedTo",
         w.state IS NOT DISTINCT FROM 'waiting' OR w.state IS NOT DISTINCT FROM 'assigned' AS routed,
         w.agent_id AS "heldBy"
  FROM tickets.ticket t LEFT JOIN routing.work_item w ON w.ticket_id = t.id ORDER BY t.id`;

const LOADS = `
  SELECT agent_id AS "agentId", sum(units)::int AS units
  FROM routing.work_item WHERE state = 'assigned' GROUP BY agent_id`;

const QUARANTINED = `
  SELECT encode(sha256(value), 'hex') AS sha256
  FROM (SELECT value FROM tickets.quarantined_record UNION ALL SELECT value FROM routing.quarantine) AS record`;
