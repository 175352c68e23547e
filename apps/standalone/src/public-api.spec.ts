import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { PUBLIC_PATHS, type Upstream } from '@tributary/app-gateway';
import { mergeApis, type OpenApiDocument } from '@tributary/service';
import { fastify } from 'fastify';
import type { PublicService } from './public-api.js';

const ALL: readonly PublicService[] = ['gateway', 'email-ingest', 'tickets', 'router'];
const STALE = 'stale: run `npm run -w @tributary/app-standalone generate`';

describe('the public API', () => {
  let whole: OpenApiDocument;
  let alone: Record<PublicService, OpenApiDocument>;

  beforeAll(() => {
    // From the build: Jest cannot load one of the libraries of tickets (an ES module that is required in a cycle).
    const program = fileURLToPath(new URL('../tools/generate.mjs', import.meta.url));
    const printed = execFileSync(process.execPath, [program, '--print'], { encoding: 'utf8', env: {} });
    ({ whole, alone } = JSON.parse(printed) as { whole: typeof whole; alone: typeof alone });
  });

  it('is documented as committed', () => {
    const committed = readFileSync(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8');
    expect(committed === `${JSON.stringify(whole, null, 2)}\n` ? 'fresh' : STALE).toBe('fresh');
  });

  it('has no path and no schema of one name in two services', () => {
    for (const part of [pathsOf, schemasOf]) {
      const names = ALL.flatMap((name) => part(alone[name])).filter((name) => name !== 'Problem');
      expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
    }
  });

  it('is the same when the gateway puts it together from what the services tell', () => {
    const merged = mergeApis(alone.gateway, [alone.tickets, alone.router]);
    expect(merged).toEqual(whole);
  });

  it.each(['tickets', 'router', 'gateway'] as const)(
    'sends each path of %s to it, and none to another',
    async (name) => {
      const door = await theDoor();
      for (const [path, item] of Object.entries(alone[name].paths)) {
        const url = path.replaceAll(/\{\w+\}/g, '01a20c83-667a-7443-bc6b-8c67bbba26cb');
        for (const method of Object.keys(item)) {
          const { body } = await door.inject({ method: method.toUpperCase() as 'GET', url });
          expect(`${method} ${path}: ${body}`).toBe(`${method} ${path}: ${name}`);
        }
      }
      await door.close();
    },
  );
});

const pathsOf = ({ paths }: OpenApiDocument) => Object.keys(paths);
const schemasOf = ({ components }: OpenApiDocument) => Object.keys(components?.schemas ?? {});

/** Fastify's own router over the gateway's table, as the gateway has it; it says who would answer. */
async function theDoor() {
  const door = fastify({ routerOptions: { maxParamLength: 300 } });
  for (const [name, paths] of Object.entries(PUBLIC_PATHS) as [Upstream, readonly string[]][]) {
    for (const path of paths) door.all(path, () => name);
  }
  door.setNotFoundHandler(async (_request, reply) => reply.status(200).send('gateway'));
  await door.ready();
  return door;
}
