import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Module, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@tributary/runtime';
import type { FastifyReply } from 'fastify';
import { createHttpServer } from './http-server.js';

const entered = new Set<string>();

@Controller()
class SlowController {
  @Get('slow')
  async slow() {
    entered.add('slow');
    await sleep(300);
    return { answered: true };
  }

  @Get('stream')
  stream(@Res() reply: FastifyReply) {
    entered.add('stream');
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write(': hello\n\n');
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

describe('a server that closes', () => {
  let app: NestFastifyApplication;
  let url: string;

  beforeEach(async () => {
    entered.clear();
    app = await createHttpServer(SlowModule, createLogger('spec', 'silent'));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterEach(() => app.close());

  it('first answers the requests that are in flight', async () => {
    const answer = fetch(`${url}/slow`);
    await until(() => entered.has('slow'));
    const closed = app.close();
    expect(await (await answer).json()).toEqual({ answered: true });
    await closed;
  });

  it('refuses those that come after', async () => {
    const answer = fetch(`${url}/slow`);
    await until(() => entered.has('slow'));
    const closed = app.close();
    await sleep(20);
    const late = await fetch(`${url}/slow`).then(
      ({ status }) => status,
      () => 'refused',
    );
    expect([503, 'refused']).toContain(late);
    await Promise.all([answer, closed]);
  });

  it('ends streams that have no end', async () => {
    const stream = await fetch(`${url}/stream`);
    const reader = stream.body!.getReader();
    await reader.read();
    const ended = reader.read().then(
      ({ done }) => done,
      () => true,
    );
    await app.close();
    expect(await ended).toBe(true);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
