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
import { TwilioSimulator } from './simulators/twilio.js';
import { type RunningServices, SERVICES, type ServiceName, startServices } from './services.js';

describe('every app as its own process', () => {
  let database: TestDatabase;
  let home: string;
  let services: RunningServices;
  let cookie: string;
  let formId: string;
  let twilio: TwilioSimulator;
  const told: string[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    home = await mkdtemp(join(tmpdir(), 'tributary-services-'));
    twilio = await TwilioSimulator.start();
    services = await startServices({
      home,
      providerOrigins: `https://api.twilio.com=${twilio.origin}`,
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
    await twilio?.stop();
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

  it('hands a call on to the process that hosts it, and rings the agent whom the router chose', async () => {
    const [ours, agent] = ['+14155550100', '+14155550199'];
    const { sid: accountSid, authToken } = twilio.account;
    const { person } = (await (await api('GET', '/api/session')).json()) as { person: { id: string } };
    expect((await api('PATCH', `/api/people/${person.id}`, { phone: agent })).status).toBe(200);
    const definition = JSON.stringify({ greeting: { en: 'Hello.' } });
    const settings = { accountSid, authToken, sender: ours, definition };
    const made = await api('POST', '/api/inboxes', { channel: 'voice', name: 'Hotline', settings });
    const { publicAddress } = (await made.json()) as InboxView;
    twilio.phone.setUp(ours, { voiceUrl: publicAddress! });
    expect((await api('PUT', '/api/presence', { state: 'available' })).status).toBe(200);
    const call = await twilio.phone.call('+14155550123', ours);
    expect(call.heard.join(' ')).toContain('You are next in line.');
    await eventually('the agent’s phone rings', async () => call.dialled === agent);
    await call.talk(30);
    expect(call.status).toBe('completed');
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
