import { HttpException } from '@nestjs/common';

export interface FieldFault {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** An expected refusal of the API, answered as RFC 9457 problem details. `code` is API, the text is not. */
export class ProblemError extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    readonly detail?: string,
    readonly errors?: readonly FieldFault[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, status);
  }
}
