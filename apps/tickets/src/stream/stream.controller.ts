import { Controller, Get, Headers, Query, Res, UseGuards } from '@nestjs/common';
import { CurrentPerson, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { openEventStream } from '@tributary/service';
import type { FastifyReply } from 'fastify';
import { ChangeFeed } from './change-feed.js';
import { formatCursor, parseCursor, type StreamCursor } from './stream-cursor.js';
import { OpenPages } from './open-pages.js';
import { StreamHub } from './stream-hub.js';

/** `GET /api/stream`: the workspace's changes as server-sent events, resumed from the last one that was seen. */
@Controller('api/stream')
@UseGuards(SessionGuard)
export class StreamController {
  constructor(
    private readonly hub: StreamHub,
    private readonly feed: ChangeFeed,
    private readonly pages: OpenPages,
  ) {}

  @Get()
  async stream(
    @CurrentPerson() person: SignedInPerson,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') header?: string,
    @Query('lastEventId') query?: string,
  ): Promise<void> {
    const { workspaceId, id: personId } = person;
    const { from, reset } = await this.#begin(workspaceId, header ?? query);
    // Before the answer: who sees the page open is at the console for everybody.
    const page = await this.pages.open(person);
    const stream = openEventStream(reply);
    stream.whenClosed(() => void this.pages.close(page));
    if (reset) stream.send({ event: 'reset', data: {} });
    stream.resumeFrom(formatCursor(from));
    const detach = this.hub.attach(
      {
        workspaceId,
        personId,
        send: ({ cursor, event }) => stream.send({ id: formatCursor(cursor), event: 'ticket', data: event }),
        presence: (event) => stream.send({ event: 'presence', data: event }),
        typing: (event) => stream.send({ event: 'typing', data: event }),
      },
      from,
    );
    stream.whenClosed(detach);
  }

  /** The head is read before the reader is told to read again: what changes while it does, it gets as well. */
  async #begin(
    workspaceId: string,
    lastEventId: string | undefined,
  ): Promise<{ readonly from: StreamCursor; readonly reset: boolean }> {
    const head = await this.feed.head(workspaceId);
    if (lastEventId === undefined) return { from: head, reset: false };
    const cursor = parseCursor(lastEventId);
    const resumable = cursor !== undefined && (await this.feed.canResume(workspaceId, cursor));
    return resumable ? { from: cursor, reset: false } : { from: head, reset: true };
  }
}
