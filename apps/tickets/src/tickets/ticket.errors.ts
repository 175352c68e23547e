import { ProblemError } from '@tributary/runtime';

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
