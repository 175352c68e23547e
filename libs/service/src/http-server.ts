import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, nestLogger, ProblemError, ProblemFilter } from '@tributary/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPassingFault } from '@tributary/database';
import { requestValidation } from './validation.js';

/** Bytes of a request: 20 MB of files in multipart, and what goes around them. */
export const BODY_LIMIT = 25 * 1024 * 1024;

/** Bytes and time that a body past the limit gets before its sender is answered. */
const DISCARDED = 4 * BODY_LIMIT;
const DISCARD_MS = 10_000;

/** How long requests in flight are waited for when the server closes. */
const IN_FLIGHT_MS = 8000;

/** Nest would set its own when the routes stand already, over ours, and Fastify warns of a second one. */
class ProblemAdapter extends FastifyAdapter {
  override setErrorHandler(): FastifyInstance {
    return this.getInstance<FastifyInstance>();
  }
}

/** A Nest application on Fastify as every service has it: checked requests, problem details, raw bytes kept. */
export async function createHttpServer(
  module: Type | DynamicModule,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const problems = new ProblemFilter(logger, isPassingFault);
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new ProblemAdapter({
      bodyLimit: BODY_LIMIT,
      forceCloseConnections: true,
      frameworkErrors: (error: unknown, _request: FastifyRequest, reply: FastifyReply) =>
        problems.answer(error, reply),
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    }),
    // Nest would cut the connections at once; Fastify cuts what is left after the requests in flight were answered.
    { logger: nestLogger(logger), rawBody: true, abortOnError: false, forceCloseConnections: false },
  );
  app.useGlobalPipes(requestValidation());
  app.useGlobalFilters(problems);
  keepMultipartBytes(app);
  answerBeforeClosing(fastifyOf(app));
  refuseBrokenUtf8(app);
  // Nest sets its own when the routes stand already, and these would keep Fastify's.
  fastifyOf(app).setErrorHandler(async (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if ((error as { code?: string }).code === 'FST_ERR_CTP_BODY_TOO_LARGE') await discardBody(request.raw);
    problems.answer(error, reply);
  });
  return app;
}

function keepMultipartBytes(app: NestFastifyApplication): void {
  fastifyOf(app).addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    (_request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => done(null, body),
  );
}

/** Requests that are being answered when the server closes get their answer; streams without an end do not count. */
function answerBeforeClosing(fastify: FastifyInstance): void {
  const inFlight = new Set<FastifyReply>();
  const isAwaited = (reply: FastifyReply) =>
    !reply.sent && !String(reply.getHeader('content-type')).startsWith('text/event-stream');
  fastify.addHook('onRequest', (_request, reply, next) => {
    inFlight.add(reply);
    reply.raw.once('close', () => inFlight.delete(reply));
    next();
  });
  fastify.addHook('preClose', async () => {
    const end = performance.now() + IN_FLIGHT_MS;
    while (performance.now() < end && [...inFlight].some(isAwaited)) await sleep(20);
  });
}

/**
 * A client that is still sending when the connection closes may lose the answer (RFC 9112, 9.6), and tells its user
 * that the network failed. So the rest of what is a little too large is read first, and thrown away.
 */
async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete) return;
  await new Promise<void>((resolve) => {
    let left = DISCARDED;
    const timer = setTimeout(resolve, DISCARD_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', end).once('close', end);
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) end();
    });
  });
}

/** RFC 8259, 8.1: JSON between systems is UTF-8. The parser would put replacement characters where it is not. */
function refuseBrokenUtf8(app: NestFastifyApplication): void {
  fastifyOf(app).addHook('preValidation', async (request: FastifyRequest & { readonly rawBody?: Buffer }) => {
    const { rawBody, headers } = request;
    if (rawBody && headers['content-type']?.includes('json') && !isUtf8(rawBody)) {
      throw new ProblemError(400, 'BAD_ENCODING', 'the body is not UTF-8');
    }
  });
}

function fastifyOf(app: NestFastifyApplication): FastifyInstance {
  return app.getHttpAdapter().getInstance();
}
