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

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** What Fastify and its plugins throw: a status and a code, not an HttpException. */
interface HttpFault extends Error {
  readonly statusCode?: number;
  readonly code?: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  412: 'Somebody was faster',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Refused',
  429: 'Too many requests',
  502: 'Temporarily unavailable',
  503: 'Temporarily unavailable',
};

/** Fastify's names for what it refuses before a controller sees it; ours stay when its change. */
const CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'BAD_JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BAD_JSON',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_BODY',
  FST_ERR_BAD_URL: 'BAD_URL',
};

/** The body of the answer (RFC 9457). */
export function problemDocument(problem: ProblemError): Readonly<Record<string, unknown>> {
  const status = problem.getStatus();
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Internal error',
    status,
    code: problem.code,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
}

/** What a thrown error is told as: expected refusals as they are, the rest as `INTERNAL` without its inside. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return new ProblemError(status, status === 404 ? 'NOT_FOUND' : 'REFUSED', error.message);
  }
  const fault = error as HttpFault;
  if (fault?.statusCode && fault.statusCode >= 400 && fault.statusCode < 500) {
    return new ProblemError(
      fault.statusCode,
      CODES[fault.code ?? ''] ?? fault.code ?? 'REFUSED',
      fault.message,
    );
  }
  return new ProblemError(500, 'INTERNAL');
}
