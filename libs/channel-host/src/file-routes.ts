import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { ObjectNotFoundError, type ObjectStore } from '@tributary/object-store';
import { ProblemError } from '@tributary/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FileLinks, LinkedFile } from './file-links.js';

type Params = { readonly '*': string };

/**
 * `GET` and `HEAD` of `/media/<token>/<name>`: files of replies, for providers that fetch them. Whoever has the link
 * gets the file and needs no cookie; a browser shows it as a download, as what agents upload is not ours.
 */
export class FileRoutes implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly links: FileLinks,
    private readonly objects: ObjectStore,
  ) {}

  onModuleInit(): void {
    const fastify: FastifyInstance = this.adapterHost.httpAdapter.getInstance();
    fastify.route<{ Params: Params }>({
      ...{ method: ['GET', 'HEAD'], url: '/media/*' },
      handler: (request, reply) => this.#give(request, reply),
    });
  }

  async #give(request: FastifyRequest<{ Params: Params }>, reply: FastifyReply): Promise<FastifyReply> {
    // A parameter of its own may have 100 characters.
    const [token = '', ...name] = request.params['*'].split('/');
    const file = this.links.open(token, name.join('/'));
    if (file === undefined) throw notFound();
    const { size, body } = await this.objects.stream(file.key).catch((error: unknown) => {
      throw error instanceof ObjectNotFoundError ? notFound() : error;
    });
    reply.headers({ ...headersOf(file), 'content-length': size });
    if (request.method === 'HEAD') {
      body.destroy();
      return reply.send();
    }
    return reply.send(body);
  }
}

function headersOf({ contentType, name }: LinkedFile): Record<string, string> {
  return {
    'content-type': contentType,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'private, max-age=3600, immutable',
    'x-robots-tag': 'noindex',
  };
}

function notFound(): ProblemError {
  return new ProblemError(404, 'NOT_FOUND', 'there is no such file, or its link has run out');
}
