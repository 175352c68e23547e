import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Logger } from './logger.js';
import { ProblemError } from './problem.js';

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): unknown;
  readonly sent: boolean;
}

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

/** Answers every error as problem details. What nobody expected is logged whole and told without its inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<Reply>());
  }

  /** For what the server refuses outside of Nest: a body that is too large, an address that cannot be read. */
  answer(error: unknown, reply: Reply): void {
    if (reply.sent) return;
    const problem = toProblem(error);
    if (problem.getStatus() >= 500 && problem.code === 'INTERNAL') {
      this.logger.error({ err: error }, 'request_failed');
    }
    const status = problem.getStatus();
    for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
    reply
      .status(status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send({
        type: 'about:blank',
        title: TITLES[status] ?? 'Internal error',
        status,
        code: problem.code,
        ...(problem.detail === undefined ? {} : { detail: problem.detail }),
        ...(problem.errors === undefined ? {} : { errors: problem.errors }),
      });
  }
}

function toProblem(error: unknown): ProblemError {
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
