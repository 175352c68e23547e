import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HookDoor } from './hook-door.js';

type Params = { readonly inboxId: string; readonly '*'?: string };

/**
 * `GET` and `POST` of `/hooks/<inbox>` and below, for the process that hosts the channels behind the door. Apart from
 * Nest's own routes, because no byte of a body may be read as anything before its signature was checked.
 */
export class HookRoutes implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly door: HookDoor,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify: FastifyInstance = this.adapterHost.httpAdapter.getInstance();
    await fastify.register((scope) => this.#register(scope));
  }

  async #register(scope: FastifyInstance): Promise<void> {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const url of ['/hooks/:inboxId', '/hooks/:inboxId/*']) {
      scope.route<{ Params: Params; Body: Buffer | undefined }>({
        ...{ method: ['GET', 'POST'], url, exposeHeadRoute: false },
        handler: (request, reply) => this.#receive(request, reply),
      });
    }
  }

  async #receive(
    request: FastifyRequest<{ Params: Params; Body: Buffer | undefined }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { inboxId, '*': rest } = request.params;
    const answer = await this.door.receive(inboxId, {
      method: request.method === 'GET' ? 'GET' : 'POST',
      path: rest === undefined ? '' : `/${rest}`,
      headers: textHeaders(request),
      body: request.body ?? Buffer.alloc(0),
      target: request.raw.url ?? '/',
    });
    // As bytes: Fastify would add a character set to the type, and some providers compare it whole.
    return reply.status(answer.status).headers(answer.headers).send(Buffer.from(answer.body));
  }
}

function textHeaders({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}
