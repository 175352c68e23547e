import { ChannelError, type ChannelModule, type InboundEvent, isRetryable } from '@tributary/channel-sdk';
import type { CallAssigned } from '@tributary/contracts';
import { type RecordBatch, RetryableError } from '@tributary/event-log';
import { backoffMs, type Logger } from '@tributary/runtime';
import type { Acceptance } from './acceptance.js';
import type { HostedInbox } from './hosted-inbox.js';
import type { PortsOf } from './provider-ports.js';

export interface CallConnectorParts {
  readonly acceptance: Acceptance;
  readonly ports: PortsOf;
  readonly logger: Logger;
}

/** Tries to connect a caller; somebody listens to the line meanwhile, so there are few. */
const ATTEMPTS = 3;

/**
 * Rings an agent for a caller who waits. What comes of it the provider tells; where it could not even be asked, we say
 * so in the call's story, for the agent who wonders why nobody rang.
 */
export class CallConnector {
  constructor(private readonly parts: CallConnectorParts) {}

  /** @param rest waits, and says now and then that the work goes on. */
  async connect(
    channel: ChannelModule,
    inbox: HostedInbox,
    call: CallAssigned,
    batch: RecordBatch,
    rest: (milliseconds: number) => Promise<void>,
  ): Promise<void> {
    const { inbound } = channel;
    if (inbound.kind !== 'call') return;
    const { callId, phone, agentName } = call;
    for (let tried = 1; ; tried++) {
      try {
        await inbound.connect({ callId, phone, agentName }, inbox, this.parts.ports(inbox), batch.signal);
        return;
      } catch (thrown) {
        if (batch.signal.aborted) throw thrown;
        const error = this.#channelError(thrown, inbox);
        this.parts.logger.warn({ code: error.code, tried, inboxId: inbox.id }, 'caller_not_connected');
        // The call's own events say so.
        if (error.code === 'window_closed') return;
        if (!isRetryable(error) || tried >= ATTEMPTS) return this.#tell(inbox, call, error);
        await rest(error.retryAfterMs ?? backoffMs(tried, Math.random(), 500, 5000));
      }
    }
  }

  async #tell(inbox: HostedInbox, call: CallAssigned, error: ChannelError): Promise<void> {
    const { callId, agentId, agentName: agent, from } = call;
    const event: InboundEvent = {
      kind: 'activity',
      providerEventId: `${callId}:call.unanswered:${agentId}`,
      externalId: callId,
      from,
      activity: 'call.unanswered',
      fields: { agent, status: error.code },
    };
    const raw = Buffer.from(JSON.stringify({ ...event, detail: error.message }));
    await this.parts.acceptance.accept(inbox, raw, [event]).catch((error: unknown) => {
      throw new RetryableError('the log is away', { cause: error });
    });
  }

  #channelError(thrown: unknown, { id: inboxId, channel }: HostedInbox): ChannelError {
    if (thrown instanceof ChannelError) return thrown;
    this.parts.logger.error({ err: thrown, inboxId, channel }, 'channel_failed');
    return new ChannelError('rejected_permanently', 'the channel failed', undefined, { cause: thrown });
  }
}
