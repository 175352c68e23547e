import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { progressUntil, submitForm } from './system/customer.js';
import { Desk } from './system/desk.js';
import { freePort, StandaloneProcess, type StandaloneSettings } from './system/standalone-process.js';

jest.setTimeout(180_000);

/** What `npm start` runs, whatever the mode of this run: other modes have other supervisors. */
describe('the one process of npm start', () => {
  const started: StandaloneProcess[] = [];
  let settings: StandaloneSettings;

  const start = (changes: Partial<StandaloneSettings> = {}): StandaloneProcess => {
    const running = new StandaloneProcess({ ...settings, ...changes });
    started.push(running);
    return running;
  };

  beforeAll(async () => {
    settings = {
      home: await mkdtemp(join(tmpdir(), 'tributary-e2e-')),
      port: await freePort(),
      smtpPort: await freePort(),
    };
  });

  afterEach(async () => {
    for (const each of started.splice(0)) {
      each.signal('SIGKILL');
      await each.ended;
    }
  });

  afterAll(async () => {
    await rm(settings.home, { recursive: true, force: true });
  });

  describe.each(['SIGTERM', 'SIGINT'] as const)('asked to stop by %s', (signal) => {
    it('ends with code 0 within 10 s, though a console is open, and goes on with its data', async () => {
      const first = start();
      const admin = await Desk.signIn((await first.ready()).signInUrl);
      const formUrl = (await admin.inboxOf('web_form')).publicAddress ?? '';
      const page = await submitForm(formUrl, {
        email: 'ann@customers.example',
        subject: signal,
        text: 'Still here?',
      });
      const { number } = await progressUntil(page, 'a ticket', (each) => each.number !== null);
      const stream = await admin.stream();
      const asked = performance.now();
      first.signal(signal);
      const { code } = await first.ended;
      expect(performance.now() - asked).toBeLessThan(10_000);
      expect(code).toBe(0);
      stream.close();

      const second = start();
      const again = await Desk.signIn((await second.ready()).signInUrl);
      const [row] = await again.tickets('all', signal);
      expect(row?.number).toBe(number);
      expect((await progressUntil(page, 'the page', () => true)).number).toBe(number);
    });
  });

  it('a second start on the same data says who has it, and ends with a failure', async () => {
    const first = start();
    await first.ready();
    const second = start({ port: await freePort(), smtpPort: await freePort() });
    const { code, output } = await second.ended;
    expect(code).toBe(1);
    expect(output).toContain('Tributary runs already');
    expect(output).toContain(String(first.pid));
    const { url } = await first.ready();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('a killed process keeps nobody from starting again', async () => {
    const first = start();
    await first.ready();
    first.signal('SIGKILL');
    await first.ended;
    const second = start();
    const { url } = await second.ready();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  describe.each(['PORT', 'SMTP_PORT'] as const)('with something else on %s', (variable) => {
    let other: Server;
    let port: number;

    beforeAll(async () => {
      port = await freePort();
      other = createServer();
      await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    });

    afterAll(async () => {
      await new Promise((resolve) => other.close(resolve));
    });

    it('says which port is in use and what to set, and ends with a failure', async () => {
      const running = start(variable === 'PORT' ? { port } : { smtpPort: port });
      const { code, output } = await running.ended;
      expect(code).toBe(1);
      expect(output).toContain(`port ${port} is in use`);
      expect(output).toContain(`set ${variable}`);
    });
  });

  it('a setting that makes no sense is named, and ends with a failure', async () => {
    const running = start({ port: 99_999 });
    const { code, output } = await running.ended;
    expect(code).toBe(1);
    expect(output).toContain('PORT');
  });
});
