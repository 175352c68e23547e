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

/** Answers every error as problem details. What nobody expected is logged, and told without its inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param passes tells faults that are over in a moment: the client is asked to come back. */
  constructor(
    private readonly logger: Logger,
    private readonly passes: (error: unknown) => boolean = () => false,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    if (reply.sent) return;
    const problem = this.#toProblem(error);
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

  #toProblem(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    if (error instanceof HttpException) {
      const status = error.getStatus();
      return new ProblemError(status, status === 404 ? 'NOT_FOUND' : 'REFUSED', error.message);
    }
    const fault = error as HttpFault | undefined;
    if (fault?.statusCode && fault.statusCode >= 400 && fault.statusCode < 500) {
      return new ProblemError(fault.statusCode, fault.code ?? 'REFUSED', fault.message);
    }
    if (this.passes(error)) {
      this.logger.warn({ err: error }, 'request_refused_for_now');
      return new ProblemError(503, 'UNAVAILABLE', 'try again in a moment', undefined, { 'retry-after': '2' });
    }
    return new ProblemError(500, 'INTERNAL');
  }
}
