import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Proxies end connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** Bytes that may wait for a reader; one that is slower comes back, and resumes from the last event it had. */
const MOST_WAITING = 4 * 1024 * 1024;

export interface ServerSentEvent {
  /** What the browser sends as `Last-Event-ID` when it comes back. */
  readonly id?: string;
  readonly event: string;
  /** Sent as JSON. */
  readonly data: unknown;
}

/** An answer that stays open (HTML Living Standard, server-sent events). */
export interface EventStream {
  /** Does nothing once the reader is gone. */
  send(event: ServerSentEvent): void;
  /** Where a reader resumes that breaks off before the first event. */
  resumeFrom(id: string): void;
  /** Calls `closed` when the reader is gone; at once when it is gone already. */
  whenClosed(closed: () => void): void;
}

/**
 * Answers with an event stream, and the headers that the reply has already. Everything that may fail comes before it:
 * from here on the status is told.
 */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  // A reader that vanished between two writes is no fault of ours; without a listener it would end the process.
  raw.on('error', () => undefined);
  raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'keep-alive',
  });
  const write = (text: string): void => {
    if (raw.destroyed) return;
    raw.write(text);
    if (raw.writableLength > MOST_WAITING) raw.destroy();
  };
  write('retry: 1000\n\n');
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
  const whenClosed = (closed: () => void): void => {
    if (raw.destroyed) closed();
    else raw.once('close', closed);
  };
  whenClosed(() => clearInterval(heartbeat));
  return {
    send: ({ id, event, data }) =>
      write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    resumeFrom: (id) => write(`id: ${id}\n\n`),
    whenClosed,
  };
}
