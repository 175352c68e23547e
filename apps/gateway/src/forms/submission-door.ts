import type { Acceptance, HostedInbox } from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { FormSubmission, Inbound } from '@tributary/channel-sdk';
import { type Logger, ProblemError } from '@tributary/runtime';

/** The way in of our own pages: what a customer sends there is durable before they are told so. */
export class SubmissionDoor {
  constructor(
    private readonly acceptance: Acceptance,
    private readonly logger: Logger,
  ) {}

  /**
   * A customer in front of the page hears at once what is wrong; only what can be read is kept.
   *
   * @param raw the bytes as they came.
   * @throws ProblemError 400 or 413 for what can never be read, 503 with Retry-After when it was not kept.
   */
  async accept(inbox: HostedInbox, submission: FormSubmission, raw: Uint8Array): Promise<void> {
    const { inbound, maxTextLength } = formOf(inbox);
    if (maxTextLength !== null && (submission.fields.text?.length ?? 0) > maxTextLength) {
      throw new ProblemError(413, 'TEXT_TOO_LONG', `a message has at most ${maxTextLength} characters`);
    }
    const events = await inbound.parse(submission, inbox);
    for (const event of events) {
      if (event.kind === 'unreadable') throw new ProblemError(400, event.reason, event.detail);
    }
    try {
      await this.acceptance.accept(inbox, raw, events);
    } catch (error) {
      this.logger.warn({ err: error, inboxId: inbox.id }, 'form_not_accepted');
      throw new ProblemError(503, 'NOT_ACCEPTED', 'please send it again in a moment', undefined, {
        'retry-after': '2',
      });
    }
  }
}

function formOf(inbox: HostedInbox): {
  readonly inbound: Extract<Inbound, { kind: 'form' }>;
  readonly maxTextLength: number | null;
} {
  const channel = CHANNEL_MODULES.find((each) => each.manifest.channel === inbox.channel);
  if (channel?.inbound.kind !== 'form') throw new Error(`channel ${inbox.channel} has no form`);
  return { inbound: channel.inbound, maxTextLength: channel.manifest.capabilities.maxTextLength };
}
