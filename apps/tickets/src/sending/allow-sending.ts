import type { MessageQueued, SendingView } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import { policyUnknown, sendingClosed } from '../tickets/ticket.errors.js';
import { sendAllowance, type SendKind } from './send-allowance.js';
import { lockRecipient, policyAndFacts, type Recipient } from './send-facts.js';

/**
 * Lets a reply be queued, or not. The recipient stays locked until the transaction ends, so that what is counted here
 * is still so when the reply is written.
 *
 * @param need messages that the provider will count.
 * @returns what the delivery says of its window.
 * @throws ProblemError CONSENT_WITHDRAWN, SEND_WINDOW_CLOSED, SEND_BUDGET_SPENT, SEND_POLICY_UNKNOWN.
 */
export async function allowSending(
  manager: EntityManager,
  recipient: Recipient,
  need: number,
  now: Date,
  kind: SendKind = 'text',
): Promise<Pick<MessageQueued, 'tag' | 'notAfter'>> {
  await lockRecipient(manager, recipient);
  const known = await policyAndFacts(manager, recipient);
  if (!known) throw policyUnknown();
  const allowance = sendAllowance(known.policy, known.facts, now, need, kind);
  if (allowance.state === 'closed') throw sendingClosed(allowance);
  return {
    ...(allowance.tag === null ? {} : { tag: allowance.tag }),
    ...(allowance.until === null ? {} : { notAfter: allowance.until.toISOString() }),
  };
}

/** The same for the composer: what is left now. */
export async function sendingView(
  manager: EntityManager,
  recipient: Recipient,
  now: Date,
): Promise<SendingView> {
  const known = await policyAndFacts(manager, recipient);
  if (!known) {
    return { state: 'closed', reason: 'policy_unknown', since: null, rule: null, templates: false };
  }
  const { policy, facts } = known;
  const allowance = sendAllowance(policy, facts, now);
  const templates = policy.templates && facts.consent !== 'withdrawn';
  return allowance.state === 'open'
    ? { ...allowance, until: allowance.until?.toISOString() ?? null, templates }
    : { ...allowance, since: allowance.since?.toISOString() ?? null, templates };
}
