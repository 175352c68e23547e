import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from './logger.js';
import { PROBLEM_CONTENT_TYPE, problemDocument, ProblemError, toProblem } from './problem.js';

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): unknown;
  readonly sent: boolean;
}

/** Answers every error as problem details. What nobody expected is logged whole and told without its inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param passes tells faults that are over in a moment: the client is asked to come back. */
  constructor(
    private readonly logger: Logger,
    private readonly passes: (error: unknown) => boolean = () => false,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<Reply>());
  }

  /** For what the server refuses outside of Nest: a body that is too large, an address that cannot be read. */
  answer(error: unknown, reply: Reply): void {
    if (reply.sent) return;
    const problem = this.#problemOf(error);
    if (problem.getStatus() >= 500 && problem.code === 'INTERNAL') {
      this.logger.error({ err: error }, 'request_failed');
    }
    for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
    reply
      .status(problem.getStatus())
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(problemDocument(problem));
  }

  #problemOf(error: unknown): ProblemError {
    const problem = toProblem(error);
    if (problem.code !== 'INTERNAL' || !this.passes(error)) return problem;
    this.logger.warn({ err: error }, 'request_refused_for_now');
    return new ProblemError(503, 'UNAVAILABLE', 'try again in a moment', undefined, { 'retry-after': '2' });
  }
}
