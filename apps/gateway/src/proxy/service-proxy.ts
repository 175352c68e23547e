import { type Readable, Transform, pipeline } from 'node:stream';
import type { IncomingHttpHeaders } from 'node:http';
import httpProxy from '@fastify/http-proxy';
import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { type Logger, PROBLEM_CONTENT_TYPE, ProblemError, problemDocument } from '@tributary/runtime';
import { BODY_LIMIT } from '@tributary/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig, Upstream } from '../gateway.config.js';
import { PUBLIC_PATHS } from './public-paths.js';

/** Headers of one connection, which is not the next one's (RFC 9110, section 7.6.1); undici refuses `expect`. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
]);
/** Nobody listens there; anything else went wrong on the way. */
const AWAY = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const CONNECT_MS = 3000;
/** A stream sends something every 15 s. */
const SILENCE_MS = 60_000;

/** Shows the API of services that run elsewhere at the public door, as it is: nothing is buffered or read. */
export class ServiceProxy implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: GatewayConfig,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify: FastifyInstance = this.adapterHost.httpAdapter.getInstance();
    for (const [name, url] of Object.entries(this.config.upstreams) as [Upstream, string][]) {
      await fastify.register((scope) => this.#forward(scope, name, url));
    }
  }

  async #forward(scope: FastifyInstance, name: Upstream, url: string): Promise<void> {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request, payload, done) => done(null, bounded(request, payload)));
    scope.addHook('onRequest', refuseLargeBody);
    await scope.register(httpProxy, {
      upstream: url,
      routes: [...PUBLIC_PATHS[name]],
      proxyPayloads: false,
      disableRequestLogging: true,
      destroyAgent: true,
      undici: {
        // Each agent's page holds one for its stream, however many there are.
        connections: null,
        // The plugin's own default believes every certificate.
        connect: { timeout: CONNECT_MS, rejectUnauthorized: true },
        headersTimeout: SILENCE_MS,
        bodyTimeout: SILENCE_MS,
      },
      replyOptions: {
        // Whether it is safe to ask again is the client's to know.
        retryDelay: () => null,
        rewriteRequestHeaders: (request, headers) => ({ ...endToEnd(headers), host: request.headers.host }),
        rewriteHeaders: (headers) => endToEnd(headers),
        onError: (reply, { error }) => this.#failed(reply as FastifyReply, name, error),
      },
    });
  }

  #failed(reply: FastifyReply, name: Upstream, error: Error): void {
    const cause = (error.cause ?? error) as Error & { readonly code?: string };
    if (cause instanceof ProblemError) return refuse(reply, cause);
    const isAway = AWAY.has(cause.code ?? '');
    this.logger.warn({ err: cause, upstream: name }, isAway ? 'upstream_away' : 'upstream_failed');
    const [status, code] = isAway ? ([503, 'SERVICE_AWAY'] as const) : ([502, 'SERVICE_FAILED'] as const);
    refuse(
      reply,
      new ProblemError(status, code, `${name} did not answer`, undefined, { 'retry-after': '1' }),
    );
  }
}

function refuse(reply: FastifyReply, problem: ProblemError): void {
  void reply
    .status(problem.getStatus())
    .headers(problem.headers)
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .send(problemDocument(problem));
}

function refuseLargeBody(request: FastifyRequest, _reply: FastifyReply, next: (error?: Error) => void): void {
  next(Number(request.headers['content-length'] ?? 0) > BODY_LIMIT ? tooLarge() : undefined);
}

/** A body that does not say its length is counted on the way. */
function bounded(request: FastifyRequest, payload: Readable): Readable {
  if (request.headers['content-length'] !== undefined) return payload;
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > BODY_LIMIT ? tooLarge() : null, chunk);
    },
  });
  return pipeline(payload, counter, () => undefined);
}

function tooLarge(): ProblemError {
  return new ProblemError(413, 'BODY_TOO_LARGE', `at most ${BODY_LIMIT} bytes`);
}

function endToEnd<Headers extends IncomingHttpHeaders>(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name))) as Headers;
}
