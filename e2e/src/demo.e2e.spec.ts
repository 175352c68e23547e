import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoAccessError } from './demo/demo-access.js';
import { type DemoSummary, runDemo } from './demo/run-demo.js';
import { CUSTOMERS } from './demo/traffic.js';
import { Desk } from './system/desk.js';
import { freePort, StandaloneProcess } from './system/standalone-process.js';

jest.setTimeout(180_000);

/** It finds the way in beside the data of `npm start`, so it is that process which it runs on here. */
describe('npm run demo', () => {
  const nobodyWatches = { write: () => undefined, columns: undefined, isTerminal: false };
  let home: string;
  let running: StandaloneProcess;
  let signInUrl: string;

  const run = (): Promise<DemoSummary> =>
    runDemo({ home, smtpPort: 0 }, nobodyWatches, new AbortController().signal);

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tributary-e2e-'));
    running = new StandaloneProcess({ home, port: await freePort(), smtpPort: await freePort() });
    ({ signInUrl } = await running.ready());
  });

  afterAll(async () => {
    running.signal('SIGTERM');
    await running.ended;
    await rm(home, { recursive: true, force: true });
  });

  it('makes a ticket of every message, and has a form and a mail answered', async () => {
    const summary = await run();
    expect(summary.failures).toEqual([]);
    expect(summary).toMatchObject({
      sent: CUSTOMERS.length,
      tickets: CUSTOMERS.length,
      waiting: 1,
      answered: 2,
    });
  });

  it('runs again on the same system, with room for its tickets', async () => {
    const summary = await run();
    expect(summary.failures).toEqual([]);
    expect(summary.assigned).toBe(CUSTOMERS.length - 1);
  });

  it('leaves presence and the mailbox as they were', async () => {
    const admin = await Desk.signIn(signInUrl);
    expect((await admin.availability()).map(({ state }) => state)).toEqual(Array(6).fill('offline'));
    expect((await admin.inboxOf('email')).settings['smtpHost'] ?? '').toBe('');
  });

  it('keeps the way in for the owner of the data alone', async () => {
    expect((await stat(join(home, 'demo-access.json'))).mode & 0o777).toBe(0o600);
    const { signInUrl: link } = JSON.parse(await readFile(join(home, 'demo-access.json'), 'utf8')) as {
      signInUrl: string;
    };
    expect(link).not.toBe(signInUrl);
  });

  it('says how to start a system where none runs', async () => {
    const elsewhere = { home: join(home, 'nothing'), smtpPort: 0 };
    const refused = runDemo(elsewhere, nobodyWatches, new AbortController().signal);
    await expect(refused).rejects.toThrow(NoAccessError);
    await expect(refused).rejects.toThrow('npm start');
  });
});
