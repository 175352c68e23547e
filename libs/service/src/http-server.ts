import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger, nestLogger, ProblemFilter } from '@tributary/runtime';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestValidation } from './validation.js';

/** Bytes of a request: 20 MB of files in multipart, and what goes around them. */
export const BODY_LIMIT = 25 * 1024 * 1024;

/** How long requests in flight are waited for when the server closes. */
const IN_FLIGHT_MS = 8000;

/** A Nest application on Fastify as every service has it: checked requests, problem details, raw bytes kept. */
export async function createHttpServer(
  module: Type | DynamicModule,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new FastifyAdapter({
      bodyLimit: BODY_LIMIT,
      forceCloseConnections: true,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    }),
    // Nest would cut the connections at once; Fastify cuts what is left after the requests in flight were answered.
    { logger: nestLogger(logger), rawBody: true, abortOnError: false, forceCloseConnections: false },
  );
  app.useGlobalPipes(requestValidation());
  app.useGlobalFilters(new ProblemFilter(logger));
  keepMultipartBytes(app);
  answerBeforeClosing(app.getHttpAdapter().getInstance());
  return app;
}

function keepMultipartBytes(app: INestApplication): void {
  const fastify = (app as NestFastifyApplication).getHttpAdapter().getInstance();
  fastify.addContentTypeParser(
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
