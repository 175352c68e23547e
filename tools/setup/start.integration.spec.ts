import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { createStandInRepository, type StandInRepository } from './stand-in-repository.js';

/** Says that it is ready, takes its time to stop, and says how it was asked to. */
const SERVER = `
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    asked += 1;
    if (asked === 1) setTimeout(() => { console.log('stopped by ' + signal); process.exit(0); }, 200);
  });
}
if (process.env.SERVER_EXIT) process.exit(Number(process.env.SERVER_EXIT));
setInterval(() => {}, 1000);
console.log(JSON.stringify({ ready: true, pid: process.pid, args: process.argv.slice(2) }));
`;
const NX = `
const { appendFileSync, cpSync, mkdirSync } = require('node:fs');
appendFileSync('nx.log', process.argv.slice(2).join(' ') + '\\n');
mkdirSync('apps/standalone/dist', { recursive: true });
cpSync('server.js', 'apps/standalone/dist/main.js');
`;

describe('npm start', () => {
  let repository: StandInRepository;
  let npm: ChildProcess | undefined;
  let printed = '';

  beforeEach(() => {
    repository = createStandInRepository();
    repository.write('node_modules/nx/dist/bin/nx.js', NX);
    repository.write('libs/a/src/index.ts', 'export const a = 1;');
    repository.write('apps/standalone/src/main.ts', 'export const main = 1;');
    repository.write('server.js', SERVER);
    printed = '';
  });

  afterEach(() => {
    // The group, because a failure here is just that: npm has gone and its server has not.
    try {
      process.kill(-npm!.pid!, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    repository.remove('.');
  });

  /** In a process group of its own, as a terminal would start it. */
  function start(args: string[] = [], env: Record<string, string> = {}): Promise<number | string> {
    const child = spawn('npm', ['start', '--', ...args], {
      cwd: repository.root,
      env: { ...process.env, ...env },
      detached: true,
    });
    npm = child;
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    return new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal!)));
  }

  async function serverReady(): Promise<{ pid: number; args: string[] }> {
    for (;;) {
      const line = /^\{"ready".*$/m.exec(printed)?.[0];
      if (line) return JSON.parse(line) as { pid: number; args: string[] };
      if (npm!.exitCode !== null) throw new Error(`it ended before it was ready:\n${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('ends with 0 and leaves no server when npm alone gets SIGTERM', async () => {
    const ended = start();
    const { pid } = await serverReady();
    process.kill(npm!.pid!, 'SIGTERM');
    expect(await ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(printed).toContain('stopped by SIGTERM');
  });

  it('ends with 0 and leaves no server when the terminal sends SIGINT to all', async () => {
    const ended = start();
    const { pid } = await serverReady();
    process.kill(-npm!.pid!, 'SIGINT');
    expect(await ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(printed).toContain('stopped by SIGINT');
  });

  it("ends with the server's exit code", async () => {
    expect(await start([], { SERVER_EXIT: '3' })).toBe(3);
  });

  it('passes arguments on', async () => {
    const ended = start(['--seed', 'two words']);
    expect((await serverReady()).args).toEqual(['--seed', 'two words']);
    process.kill(npm!.pid!, 'SIGTERM');
    await ended;
  });

  it('builds what the server needs, and says so in plain lines', async () => {
    await start([], { SERVER_EXIT: '0' });
    expect(repository.read('nx.log')).toBe(
      'run-many -t build -p @tributary/app-standalone,@tributary/app-console\n',
    );
    expect(printed).toMatch(/^build: standalone and console: done in \d+\.\d s$/m);
  });

  it('builds only once while nothing changes', async () => {
    await start([], { SERVER_EXIT: '0' });
    await start([], { SERVER_EXIT: '0' });
    expect(repository.read('nx.log').trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['a source changed', () => repository.write('libs/a/src/index.ts', 'export const a = 2;')],
    ['a result was deleted', () => repository.remove('apps/standalone/dist')],
  ])('builds again when %s', async (_what, change) => {
    await start([], { SERVER_EXIT: '0' });
    change();
    await start([], { SERVER_EXIT: '0' });
    expect(repository.read('nx.log').trim().split('\n')).toHaveLength(2);
  });

  it('says why and ends with 1 when the build fails', async () => {
    repository.write('node_modules/nx/dist/bin/nx.js', "console.log('types do not fit'); process.exit(1);");
    expect(await start()).toBe(1);
    expect(printed).toContain('types do not fit');
  });
});
