import { Controller, Get, Headers, Query, Req, Res, UseGuards } from '@nestjs/common';
import { CurrentPerson, SessionGuard, type SignedInPerson } from '@tributary/directory';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChangeFeed, TOO_FAR_BEHIND } from './change-feed.js';
import { formatCursor, parseCursor, type StreamCursor } from './stream-cursor.js';
import { StreamHub } from './stream-hub.js';

/** Proxies end connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;

/** `GET /api/stream`: the workspace's changes as server-sent events, resumed from the last one that was seen. */
@Controller('api/stream')
@UseGuards(SessionGuard)
export class StreamController {
  constructor(
    private readonly hub: StreamHub,
    private readonly feed: ChangeFeed,
  ) {}

  @Get()
  async stream(
    @CurrentPerson() person: SignedInPerson,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') header?: string,
    @Query('lastEventId') query?: string,
  ): Promise<void> {
    const from = await this.#resume(person.workspaceId, header ?? query);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    raw.write('retry: 1000\n\n');
    if (from === 'too-far') raw.write('event: reset\ndata: {}\n\n');
    const detach = await this.hub.attach(
      {
        workspaceId: person.workspaceId,
        personId: person.id,
        send: ({ cursor, event }) =>
          raw.write(`id: ${formatCursor(cursor)}\nevent: ticket\ndata: ${JSON.stringify(event)}\n\n`),
        presence: (event) => raw.write(`event: presence\ndata: ${JSON.stringify(event)}\n\n`),
      },
      from === 'too-far' ? undefined : from,
    );
    const heartbeat = setInterval(() => raw.write(':\n\n'), HEARTBEAT_MS);
    request.raw.once('close', () => {
      clearInterval(heartbeat);
      detach();
      raw.end();
    });
  }

  async #resume(
    workspaceId: string,
    lastEventId: string | undefined,
  ): Promise<StreamCursor | 'too-far' | undefined> {
    if (lastEventId === undefined) return undefined;
    const cursor = parseCursor(lastEventId);
    if (!cursor) return 'too-far';
    return (await this.feed.distance(workspaceId, cursor)) > TOO_FAR_BEHIND ? 'too-far' : cursor;
  }
}
