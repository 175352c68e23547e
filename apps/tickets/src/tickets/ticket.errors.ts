import { ProblemError } from '@tributary/runtime';
import type { ClosedReason } from '../sending/send-allowance.js';

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
export const keyReused = () =>
  new ProblemError(422, 'IDEMPOTENCY_KEY_REUSED', 'this key was used for another message');
export const keyMissing = () =>
  new ProblemError(400, 'IDEMPOTENCY_KEY_MISSING', 'send a UUID in the header Idempotency-Key');

const CLOSED: Readonly<Record<ClosedReason, readonly [code: string, detail: string]>> = {
  consent_withdrawn: ['CONSENT_WITHDRAWN', 'the customer wants no more messages from this inbox'],
  not_begun: ['SEND_WINDOW_CLOSED', 'the customer has not written here yet, and has to begin'],
  window_over: ['SEND_WINDOW_CLOSED', 'the time to answer is over until the customer writes again'],
  budget_spent: ['SEND_BUDGET_SPENT', 'no more messages may be sent until the customer writes again'],
};

export const sendingClosed = (reason: ClosedReason) => new ProblemError(409, ...CLOSED[reason]);
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
