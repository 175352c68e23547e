import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';

/** Pictures, scripts and styles of our own pages. */
export class StaticFiles implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: GatewayConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify: FastifyInstance = this.adapterHost.httpAdapter.getInstance();
    const serve = (
      root: string,
      prefix: string,
      maxAge: number,
      immutable: boolean,
      decorateReply: boolean,
    ) =>
      fastify.register(fastifyStatic, {
        ...{ root, prefix, maxAge: maxAge * 1000, immutable, decorateReply, index: false, wildcard: true },
        setHeaders: (reply) => {
          reply.header('x-content-type-options', 'nosniff');
        },
      });
    // The console's names carry a hash of their content.
    await serve(join(this.config.consoleFolder, 'assets'), '/assets/', 31_536_000, true, true);
    await serve(join(import.meta.dirname, '..', '..', 'assets'), '/f/assets/', 300, false, false);
    const favicon = join(this.config.consoleFolder, 'favicon.svg');
    fastify.get('/favicon.svg', (_request, reply) =>
      reply.sendFile('favicon.svg', join(favicon, '..'), { maxAge: 86_400_000 }),
    );
    // Pages of other sites carry it, so it may be a little old and never another site's.
    const { chatWidgetFolder } = this.config;
    fastify.get('/chat.js', (_request, reply) =>
      reply
        .headers({ 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' })
        .sendFile('chat.js', chatWidgetFolder, { maxAge: 300_000 }),
    );
  }
}
