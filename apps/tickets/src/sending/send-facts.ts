import type { Channel, SendPolicy } from '@tributary/contracts';
import { channelPolicy } from '@tributary/directory';
import type { EntityManager } from 'typeorm';
import type { SendFacts } from './send-allowance.js';

/** An identity in an inbox: what a provider's windows and budgets are about, in whatever conversation. */
export interface Recipient {
  readonly inbox_id: string;
  readonly identity_id: string;
  readonly channel: Channel;
}

/**
 * Until the transaction ends, nobody else sends to this identity: two agents on two of its tickets would each find the
 * last message of the budget free. What customers write meanwhile waits for nothing.
 */
export async function lockRecipient(manager: EntityManager, { identity_id: id }: Recipient): Promise<void> {
  await manager.query(`SELECT 1 FROM tickets.contact_identity WHERE id = $1 FOR NO KEY UPDATE`, [id]);
}

/** @returns undefined when no process has told what the channel lets us send. */
export async function policyAndFacts(
  manager: EntityManager,
  recipient: Recipient,
): Promise<{ readonly policy: SendPolicy; readonly facts: SendFacts } | undefined> {
  const policy = await channelPolicy(manager, recipient.channel);
  if (!policy) return undefined;
  const consents: { consent: 'given' | 'withdrawn' }[] = await manager.query(
    `SELECT consent FROM tickets.contact_consent WHERE identity_id = $1 AND inbox_id = $2`,
    [recipient.identity_id, recipient.inbox_id],
  );
  const consent = consents[0]?.consent ?? null;
  if (policy.windows.length === 0) {
    return { policy, facts: { consent, lastEventAt: null, lastMessageAt: null, sends: [] } };
  }
  const lastMessageAt = await lastMessage(manager, recipient);
  const lastEventAt = await lastEvent(manager, recipient);
  const since = earliest(lastMessageAt, lastEventAt);
  const sends = since === null ? [] : await sendsSince(manager, recipient, since);
  return { policy, facts: { consent, lastEventAt, lastMessageAt, sends } };
}

/** Messages that one reply is for a provider that counts: each file leaves by itself, behind the text. */
export function messagesOf(files: number): number {
  return 1 + files;
}

async function lastMessage(manager: EntityManager, recipient: Recipient): Promise<Date | null> {
  const rows: { at: Date | null }[] = await manager.query(
    `SELECT max(m.at) AS at FROM tickets.conversation c JOIN tickets.message m ON m.conversation_id = c.id
     WHERE c.identity_id = $1 AND c.inbox_id = $2 AND m.direction = 'inbound'
       AND NOT m.unverified_sender AND NOT m.automatic`,
    [recipient.identity_id, recipient.inbox_id],
  );
  return rows[0]!.at;
}

/** The customer entered, scanned, tapped a menu, or followed us. */
async function lastEvent(manager: EntityManager, recipient: Recipient): Promise<Date | null> {
  const rows: { at: Date | null }[] = await manager.query(
    `SELECT max(k.at) AS at FROM tickets.contact_identity i
     JOIN tickets.inbound_change k ON k.contact_id = i.contact_id AND k.inbox_id = $2
     WHERE i.id = $1 AND (k.kind = 'acted' OR (k.kind = 'consent' AND k.body->>'consent' = 'given'))`,
    [recipient.identity_id, recipient.inbox_id],
  );
  return rows[0]!.at;
}

async function sendsSince(
  manager: EntityManager,
  recipient: Recipient,
  since: Date,
): Promise<SendFacts['sends']> {
  return manager.query(
    `SELECT COALESCE(d.queued_at, m.at) AS at, ${COUNTED} AS messages
     FROM tickets.conversation c
     JOIN tickets.message m ON m.conversation_id = c.id AND m.direction = 'outbound'
     JOIN tickets.delivery d ON d.message_id = m.id
     WHERE c.identity_id = $1 AND c.inbox_id = $2 AND COALESCE(d.queued_at, m.at) >= $3`,
    [recipient.identity_id, recipient.inbox_id, since],
  );
}

/**
 * Messages of a delivery `d` of message `m` that the provider may have counted. An attempt that failed did not count
 * when it surely never came there: nothing is known under the provider's id, and the outcome is no mystery.
 */
export const COUNTED = `(d.counted - CASE
  WHEN d.state = 'failed' AND d.error_code IS DISTINCT FROM 'unknown_outcome' AND m.external_id IS NULL
  THEN 1 + (SELECT count(*) FROM tickets.attachment f WHERE f.message_id = m.id) ELSE 0 END)::int`;

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
