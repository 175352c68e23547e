/** What can be wrong with a request to the log, as a stable code. */
export type EventLogErrorCode =
  /** The topic was never made: `ensureTopics` comes first. */
  | 'UNKNOWN_TOPIC'
  /** The topic exists, the partition does not. */
  | 'UNKNOWN_PARTITION'
  /** A value above 1 MB. */
  | 'RECORD_TOO_LARGE'
  /** A key or header that not every driver can keep: it holds a NUL character. */
  | 'RECORD_INVALID'
  /** `seek` on a group that has a running member. */
  | 'GROUP_RUNNING'
  /** The log was closed by this process. */
  | 'LOG_CLOSED'
  /** The driver did not confirm the append. */
  | 'NOT_CONFIRMED'
  /** The client could not reach the log for so long that it must be taken for dead. */
  | 'CLIENT_DEAD'
  /** A handler broke its contract. */
  | 'HANDLER_CONTRACT';

export class EventLogError extends Error {
  constructor(
    readonly code: EventLogErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function unknownTopic(topic: string): EventLogError {
  return new EventLogError('UNKNOWN_TOPIC', `topic ${topic} does not exist`);
}
