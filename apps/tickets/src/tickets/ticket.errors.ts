import type { ReplyWindow } from '@tributary/contracts';
import { ProblemError } from '@tributary/runtime';
import type { ClosedReason, SendAllowance } from '../sending/send-allowance.js';

export const ticketNotFound = () => new ProblemError(404, 'TICKET_NOT_FOUND');
export const ticketClosed = () =>
  new ProblemError(
    409,
    'TICKET_CLOSED',
    'a closed ticket takes no more messages; the customer may write anew',
  );
export const versionConflict = () =>
  new ProblemError(412, 'VERSION_CONFLICT', 'the ticket has changed since it was read');
export const unknownAgent = () => new ProblemError(422, 'UNKNOWN_AGENT', 'no active person has this id');
export const uploadUnknown = () =>
  new ProblemError(422, 'UPLOAD_UNKNOWN', 'a file is missing, was sent already, or is somebody else’s');
export const notFailed = () => new ProblemError(409, 'NOT_FAILED', 'only a failed message can be sent again');
export const routeUnknown = () =>
  new ProblemError(422, 'ROUTE_UNKNOWN', 'the customer cannot be written to there from this ticket');
export const templateUnknown = () =>
  new ProblemError(422, 'TEMPLATE_UNKNOWN', 'this inbox has no such template, or it is no longer approved');
export const templateIncomplete = (name: string) =>
  new ProblemError(422, 'TEMPLATE_INCOMPLETE', `the variable ${name} has no value`);
export const templateTakesNoFiles = () =>
  new ProblemError(422, 'TEMPLATE_TAKES_NO_FILES', 'a template is sent without files');
export const keyReused = () =>
  new ProblemError(422, 'IDEMPOTENCY_KEY_REUSED', 'this key was used for another message');
export const keyMissing = () =>
  new ProblemError(400, 'IDEMPOTENCY_KEY_MISSING', 'send a UUID in the header Idempotency-Key');

type Closed = Extract<SendAllowance, { state: 'closed' }>;

const CLOSED: Readonly<Record<ClosedReason, (closed: Closed) => readonly [code: string, detail: string]>> = {
  consent_withdrawn: () => [
    'CONSENT_WITHDRAWN',
    'the customer wants no more messages from this inbox, until they say otherwise',
  ],
  not_begun: () => ['SEND_WINDOW_CLOSED', 'the customer has not written here yet, and has to begin'],
  window_over: ({ since, rule }) => [
    'SEND_WINDOW_CLOSED',
    `${wordsOf(rule)}: over since ${since?.toISOString()}, until the customer writes again`,
  ],
  budget_spent: ({ rule }) => [
    'SEND_BUDGET_SPENT',
    `${wordsOf(rule)}: there is no room for this, until the customer writes again`,
  ],
};

/** Which rule refuses, and until when. */
export const sendingClosed = (closed: Closed) => new ProblemError(409, ...CLOSED[closed.reason](closed));

function wordsOf(rule: ReplyWindow | null): string {
  if (rule === null) return 'the time to answer';
  const span = rule.hours >= 1 ? `${rule.hours} hours` : `${Math.round(rule.hours * 60)} minutes`;
  const after =
    rule.opensOn === 'message' ? 'after the customer’s last message' : 'after what the customer did';
  return rule.messages === null ? `${span} ${after}` : `${rule.messages} messages in ${span} ${after}`;
}

export const policyUnknown = () =>
  new ProblemError(
    503,
    'SEND_POLICY_UNKNOWN',
    'it is not known yet what this channel lets us send',
    undefined,
    {
      'retry-after': '5',
    },
  );

/** A mail with a chat's transcript is not the ticket's reply: the customer asks for it again. */
export const otherChannel = (): ProblemError =>
  new ProblemError(409, 'OTHER_CHANNEL', 'only the customer can ask for this mail again');
