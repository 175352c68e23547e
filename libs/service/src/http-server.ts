import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { isPassingFault } from '@tributary/database';
import { type Logger, nestLogger, ProblemFilter } from '@tributary/runtime';
import { requestValidation } from './validation.js';

/** Bytes of a request: 20 MB of files in multipart, and what goes around them. */
export const BODY_LIMIT = 25 * 1024 * 1024;

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
    { logger: nestLogger(logger), rawBody: true, abortOnError: false, forceCloseConnections: true },
  );
  app.useGlobalPipes(requestValidation());
  app.useGlobalFilters(new ProblemFilter(logger, isPassingFault));
  keepMultipartBytes(app);
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
