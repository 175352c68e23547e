import type { ReplyWindow, SendPolicy } from '@tributary/contracts';

/** What a customer did last in an inbox, and what we sent since. Instants are the desk's clock. */
export interface SendFacts {
  /** When the customer last wrote; null when never. */
  readonly lastMessageAt: Date | null;
  /** When the customer last did something else that opens a window; null when never. */
  readonly lastEventAt: Date | null;
  /** Messages that the provider may have counted, each with the instant it was queued; any order. */
  readonly sends: readonly { readonly at: Date; readonly messages: number }[];
  readonly consent: 'given' | 'withdrawn' | null;
}

export type ClosedReason =
  /** The customer said that they want no more from us here. */
  | 'consent_withdrawn'
  /** The provider wants the customer to begin, and they have not. */
  | 'not_begun'
  /** It was open, and its time is over. */
  | 'window_over'
  /** It is open, and as many were sent as may be. */
  | 'budget_spent';

/** Whether we may write to a customer now, how much and until when; or why not. */
export type SendAllowance =
  | {
      readonly state: 'open';
      /** The last instant of the window; null without end. */
      readonly until: Date | null;
      /** Messages left in it; null without limit. */
      readonly left: number | null;
      readonly tag: string | null;
    }
  | {
      readonly state: 'closed';
      readonly reason: ClosedReason;
      /** When it closed, where that is a moment. */
      readonly since: Date | null;
      /** The rule that refuses: the window that was over last, or the one whose budget is spent. */
      readonly rule: ReplyWindow | null;
    };

/** A text as it was written, or one that the provider approved beforehand. */
export type SendKind = 'text' | 'template';

/**
 * What a channel's policy allows. Of the windows in their order the first counts that is open and has room: so a
 * reply takes the plain window before one that wants a tag. A window is open from what opened it, for its hours, that
 * instant included; it has room for its messages less those sent since. Templates need no window where the policy
 * has them; what the customer said of hearing from us holds for them as well.
 *
 * @param need messages that are to be sent; at least 1.
 */
export function sendAllowance(
  policy: SendPolicy,
  facts: SendFacts,
  now: Date,
  need = 1,
  kind: SendKind = 'text',
): SendAllowance {
  if (facts.consent === 'withdrawn') return closed('consent_withdrawn');
  const isFree = policy.windows.length === 0 || (kind === 'template' && policy.templates);
  if (isFree) return { state: 'open', until: null, left: null, tag: null };
  const seen = policy.windows.flatMap((window) => opened(window, facts));
  const running = seen.filter(({ until }) => now <= until);
  const room = running.find(({ left }) => left === null || left >= need);
  if (room) return { state: 'open', until: room.until, left: room.left, tag: room.window.tag ?? null };
  const last = seen.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0];
  if (last === undefined) return closed('not_begun');
  return running.length > 0
    ? closed('budget_spent', null, running[0]!.window)
    : closed('window_over', last.until, last.window);
}

function closed(
  reason: ClosedReason,
  since: Date | null = null,
  rule: ReplyWindow | null = null,
): SendAllowance {
  return { state: 'closed', reason, since, rule };
}

interface OpenedWindow {
  readonly window: ReplyWindow;
  readonly until: Date;
  readonly left: number | null;
}

function opened(window: ReplyWindow, facts: SendFacts): OpenedWindow[] {
  const from = window.opensOn === 'message' ? facts.lastMessageAt : facts.lastEventAt;
  if (from === null) return [];
  const until = new Date(from.getTime() + window.hours * 3_600_000);
  if (window.messages === null) return [{ window, until, left: null }];
  const sent = facts.sends.filter(({ at }) => at >= from).reduce((sum, { messages }) => sum + messages, 0);
  return [{ window, until, left: Math.max(0, window.messages - sent) }];
}
