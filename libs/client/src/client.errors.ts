/** A field that was refused, and the rule that it broke. */
export interface FieldFault {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** The desk refused a call for good, or did not take it in all attempts. */
export class RefusedError extends Error {
  constructor(
    /** Of the last answer; 0 when there was none. */
    readonly status: number,
    /** Stable and upper-snake: `REFUSED`, `KEY_REUSED`, `VALIDATION_FAILED`; `UNREACHABLE` without an answer. */
    readonly code: string,
    message: string,
    readonly faults: readonly FieldFault[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RefusedError';
  }
}

/** A callback that the desk did not sign, or not lately. */
export class ForgedError extends Error {
  constructor(
    readonly code: 'NO_SIGNATURE' | 'STALE' | 'BAD_SIGNATURE' | 'NOT_AN_EVENT',
    message: string,
  ) {
    super(message);
    this.name = 'ForgedError';
  }
}
