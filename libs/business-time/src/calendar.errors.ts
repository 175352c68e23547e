export type CalendarFaultCode =
  | 'CALENDAR_NOT_AN_OBJECT'
  | 'CALENDAR_NAME_MISSING'
  | 'CALENDAR_UNKNOWN_TIME_ZONE'
  | 'CALENDAR_UNKNOWN_WEEKDAY'
  | 'CALENDAR_BAD_INTERVALS'
  | 'CALENDAR_BAD_TIME'
  | 'CALENDAR_INTERVAL_EMPTY'
  | 'CALENDAR_INTERVAL_TOO_LONG'
  | 'CALENDAR_INTERVALS_OVERLAP'
  | 'CALENDAR_BAD_OVERRIDE'
  | 'CALENDAR_UNKNOWN_OVERRIDE'
  | 'CALENDAR_OVERRIDE_NAME_MISSING'
  | 'CALENDAR_BAD_DATE'
  | 'CALENDAR_DUPLICATE_DATE';

/** One thing wrong with a definition. `path` as in `week.monday[0].to`; empty for the whole. */
export interface CalendarFault {
  readonly code: CalendarFaultCode;
  readonly path: string;
  readonly message: string;
}

/** A definition that cannot be compiled; `faults` has every reason. */
export class CalendarInvalidError extends Error {
  readonly code = 'CALENDAR_INVALID';

  constructor(readonly faults: readonly CalendarFault[]) {
    super(faults.map((fault) => `${fault.path || 'calendar'}: ${fault.message} (${fault.code})`).join('; '));
    this.name = 'CalendarInvalidError';
  }
}

/** A question that has no answer, whatever the calendar: a mistake of the caller. */
export class CalendarArgumentError extends RangeError {
  constructor(
    readonly code:
      | 'CALENDAR_INSTANT_OUT_OF_RANGE'
      | 'CALENDAR_RANGE_REVERSED'
      | 'CALENDAR_DURATION_NEGATIVE'
      | 'CALENDAR_HORIZON_OUT_OF_RANGE',
    message: string,
  ) {
    super(message);
    this.name = 'CalendarArgumentError';
  }
}
