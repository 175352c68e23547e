import type { WebhookAnswer, WebhookRequest } from '@tributary/channel-sdk';
import type { Clock, Logger } from '@tributary/runtime';
import type { Acceptance } from './acceptance.js';
import type { Pulls } from './hook-door.js';
import type { HostedInbox } from './hosted-inbox.js';
import { type CallInbound, inboundEvents } from './inbound-events.js';
import { inTime } from './in-time.js';

export interface CallDoorParts {
  readonly acceptance: Acceptance;
  readonly pulls: Pulls;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a caller hears nothing while what they did is made durable; after that they are answered without. */
const KEEP_MS = 2500;

/**
 * Answers the turns of calls. A caller hears something at each, whatever is away behind the door: a turn that cannot be
 * kept in time is answered as one that was not, and its inbox is pulled until the provider's own record has told us what
 * it said.
 */
export class CallDoor {
  constructor(private readonly parts: CallDoorParts) {}

  /** @param id of the request's bytes. @param began of the request, by `performance.now`. */
  async answer(
    id: string,
    inbound: CallInbound,
    inbox: HostedInbox,
    request: WebhookRequest,
    began: number,
  ): Promise<WebhookAnswer> {
    const { acceptance, clock, logger, pulls } = this.parts;
    const keep = async () => {
      const events = await inboundEvents(
        () => id,
        () => inbound.parse(request, inbox),
      );
      await acceptance.accept(inbox, request.body, events);
    };
    const isKept = await inTime(keep(), began, KEEP_MS).then(
      () => true,
      (error: unknown) => {
        logger.warn({ err: error, inboxId: inbox.id }, 'turn_not_kept');
        pulls.ring(inbox, null);
        return false;
      },
    );
    return inbound.answer({ request, inbox, now: clock.now(), isKept });
  }
}
