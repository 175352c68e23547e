import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InboxView, TicketPage } from '@tributary/contracts';
import { type TestDatabase, testDatabase } from '@tributary/database/testing';
import { newId } from '@tributary/runtime';
import { type RunningServices, SERVICES, type ServiceName, startServices } from './services.js';

describe('every app as its own process', () => {
  let database: TestDatabase;
  let home: string;
  let services: RunningServices;
  let cookie: string;
  let formId: string;
  const told: string[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    home = await mkdtemp(join(tmpdir(), 'tributary-services-'));
    services = await startServices({
      home,
      kafka: 'embedded',
      databaseUrl: database.url,
      say: (line) => told.push(line),
    });
    const linkToken = new URL(services.signInUrl).searchParams.get('token');
    const signedIn = await api('POST', '/api/session', { linkToken });
    cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
    const inboxes = (await (await api('GET', '/api/inboxes')).json()) as InboxView[];
    formId = inboxes.find(({ channel }) => channel === 'web_form')!.id;
  });

  afterAll(async () => {
    await services?.stop();
    await rm(home, { recursive: true, force: true });
    await database.drop();
  });

  function api(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(services.url + path, {
      method,
      headers: {
        cookie: cookie ?? '',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async function write(subject: string): Promise<number> {
    const response = await fetch(`${services.url}/f/${formId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': newId() },
      body: JSON.stringify({ email: `${subject}@example.com`, subject, text: 'An invoice, please.' }),
    });
    await response.body?.cancel();
    return response.status;
  }

  async function rows(): Promise<TicketPage['rows']> {
    const response = await api('GET', '/api/tickets?view=all');
    return response.status === 200 ? ((await response.json()) as TicketPage).rows : [];
  }

  /** As the console does: a service that is away for a moment is asked again. */
  async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + 60_000;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end) throw new Error(`not within a minute: ${what}; ${told.join('; ')}`);
      await sleep(50);
    }
  }

  it('turns a form at the door into a ticket that the agent has', async () => {
    expect((await api('PUT', '/api/presence', { state: 'available' })).status).toBe(200);
    expect(await write('first')).toBe(202);
    await eventually('an assigned ticket', async () =>
      (await rows()).some(({ subject, assignee }) => subject === 'first' && assignee !== null),
    );
  });

  it('documents the API of all services at the door', async () => {
    const { paths } = (await (await api('GET', '/api/openapi.json')).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/people', '/api/tickets', '/api/tickets/{id}/decisions', '/api/queues']),
    );
  });

  it('accepts while tickets is dead, starts it again, and loses nothing', async () => {
    const killed = services.kill('tickets');
    expect(await write('meanwhile')).toBe(202);
    await eventually('the ticket', async () => (await rows()).some(({ subject }) => subject === 'meanwhile'));
    expect(services.processes.tickets).toMatchObject({ restarts: 1 });
    expect(services.processes.tickets.pid).not.toBe(killed);
    expect(told).toContain('tickets ended (SIGKILL), starts again in 0.25 s');
  });

  it.each(SERVICES)('%s ends with 0 when it is asked to', async (name) => {
    await services.ready();
    services.kill(name, 'SIGTERM');
    await eventually('its end', async () =>
      told.some((line) => line.startsWith(`${name} ended (exit code 0)`)),
    );
    await services.ready();
  });

  it('is one at a time on a home', async () => {
    const second = startServices({ home, kafka: 'embedded', databaseUrl: database.url });
    await expect(second).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('names the port that it cannot have', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'tributary-services-'));
    const ports = { gateway: services.processes.gateway.port };
    await expect(startServices({ home: elsewhere, kafka: 'embedded', ports })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    await rm(elsewhere, { recursive: true, force: true });
  });

  it('leaves no process behind when it stops', async () => {
    const pids = Object.values(services.processes).map(({ pid }) => pid!);
    await services.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('a service that is told too little', () => {
  it.each(SERVICES)('%s says what is missing and ends with 1', async (name) => {
    const { code, errors } = await run(name, {});
    expect(code).toBe(1);
    for (const variable of [
      'DATABASE_URL',
      'TRIBUTARY_MASTER_KEY',
      'TRIBUTARY_PUBLIC_URL',
      'OBJECT_STORE_DIR',
    ]) {
      expect(errors).toContain(`${variable}: is missing`);
    }
  });

  it('refuses a variable that looks like one of ours, and shows no value', async () => {
    const { code, errors } = await run('router', {
      DATABASE_URL: 'mysql://router:s3cret@db',
      TRIBUTARY_MASTERKEY: 's3cret',
    });
    expect(code).toBe(1);
    expect(errors).toContain('TRIBUTARY_MASTERKEY: is unknown here');
    expect(errors).not.toContain('s3cret');
  });
});

async function run(name: ServiceName, environment: Readonly<Record<string, string>>) {
  const program = fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, errors };
}
