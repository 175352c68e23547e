import type { Topic } from './topic.js';
import { inboundMessages } from './topics/inbound-messages.js';
import { outboundMessages } from './topics/outbound-messages.js';
import { outboundReceipts } from './topics/outbound-receipts.js';
import { routingDecisions } from './topics/routing-decisions.js';
import { routingWork } from './topics/routing-work.js';
import { ticketEvents } from './topics/ticket-events.js';

/** THE list of topics, in the order data flows. */
export const TOPICS: readonly Topic[] = [
  inboundMessages,
  routingWork,
  routingDecisions,
  ticketEvents,
  outboundMessages,
  outboundReceipts,
];
