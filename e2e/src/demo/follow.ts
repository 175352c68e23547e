import type { DecisionView, TicketRow } from '@tributary/contracts';
import { submitForm } from '../system/customer.js';
import type { Desk } from '../system/desk.js';
import type { EventStream } from '../system/event-stream.js';
import { handOver } from '../system/mail-handover.js';
import type { Mark } from './board.js';
import { type Customer, mailBytes } from './traffic.js';

/** What became of one customer's message. */
export interface Followed {
  readonly customer: Customer;
  readonly ticket: TicketRow;
  readonly decision: DecisionView;
  /** Milliseconds from the system's "accepted" to the router's decision on the agents' screens. */
  readonly milliseconds: number;
  /** Of a form. */
  readonly progressUrl: string | undefined;
}

export interface Places {
  readonly admin: Desk;
  readonly stream: EventStream;
  readonly formUrl: string;
  readonly mail: { readonly port: number; readonly address: string };
  /** Names this run in the ids of its mails. */
  readonly run: string;
}

/** Sends one message and watches the stream, as a console does, until the router has decided. */
export async function follow(
  customer: Customer,
  places: Places,
  tell: (mark: Mark, text: string) => void,
): Promise<Followed> {
  tell('runs', 'sending');
  const progressUrl = await send(customer, places);
  const accepted = performance.now();
  tell('runs', 'accepted');
  const { data: created } = await places.stream.ticket(`of ${customer.name}`, ({ type, ticket }) => {
    return (
      type === 'ticket.created' &&
      ticket.subject === customer.subject &&
      ticket.contact.name === customer.name
    );
  });
  const { number, id } = created.ticket;
  tell('runs', `ticket #${number}`);
  const { data: decided } = await places.stream.ticket(`#${number} decided`, ({ type, ticket }) => {
    return ticket.id === id && (type === 'ticket.assigned' || type === 'ticket.queued');
  });
  const milliseconds = Math.round(performance.now() - accepted);
  const decision = (await places.admin.decisions(id)).at(0);
  if (!decision) throw new Error(`there is no record of the decision about #${number}`);
  const { ticket } = decided;
  tell('done', `#${number} → ${ticket.assignee?.name ?? 'waits'} in ${milliseconds} ms: ${why(decision)}`);
  return { customer, ticket, decision, milliseconds, progressUrl };
}

async function send(customer: Customer, places: Places): Promise<string | undefined> {
  if (customer.by === 'form') return submitForm(places.formUrl, customer.fields);
  const raw = await mailBytes(customer.file, places.run);
  await handOver(places.mail.port, { from: customer.address, to: places.mail.address }, raw);
  return undefined;
}

/** The explain record in one line. */
export function why(decision: DecisionView): string {
  const rule = decision.rule ? `rule “${decision.rule.name}”` : 'no rule matched';
  const wanted = decision.requirements.map(({ text }) => text.replace('>=', ' ≥ ')).join(', ');
  const [first, last] = [decision.funnel.at(0)?.left ?? 0, decision.funnel.at(-1)?.left ?? 0];
  const needs = wanted === '' ? '' : `, wants ${wanted}`;
  return `${rule}, queue ${decision.queue.name}${needs}; ${last} of ${first} agents fit`;
}
