/** A clock was asked for something that no clock can do: a mistake of the caller, or a policy that was not checked. */
export class SlaError extends RangeError {
  constructor(
    readonly code: 'SLA_TARGET_INVALID' | 'SLA_INSTANT_INVALID',
    message: string,
  ) {
    super(message);
    this.name = 'SlaError';
  }
}
