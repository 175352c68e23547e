import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Home } from './home.js';

describe('the folder of all data', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-home-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lock = (text: string) => writeFile(join(folder, 'running.pid'), text);

  it('is used once at a time in a process', async () => {
    await Home.open(folder);
    await expect(Home.open(folder)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('is free again when it was given back', async () => {
    await (await Home.open(folder)).release();
    await expect(Home.open(folder)).resolves.toBeInstanceOf(Home);
  });

  it('is refused while the program that has it runs, by its number', async () => {
    await lock(`${process.ppid}\n\n`);
    await expect(Home.open(folder)).rejects.toThrow(`process ${process.ppid}`);
  });

  it('is refused while that program runs, also when it was started by a relative path', async () => {
    await writeFile(join(folder, 'desk.js'), `process.stdout.write('up'); setInterval(() => {}, 1000);`);
    const other = spawn(process.execPath, ['desk.js'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(other.stdout, 'data');
    await lock(`${other.pid}\n${join(folder, 'desk.js')}\n`);
    const opened = Home.open(folder).then(
      () => 'opened',
      (error: Error & { code?: string }) => error.code,
    );
    expect(await opened).toBe('ALREADY_RUNNING');
    other.kill('SIGKILL');
  });

  it('is taken over from a process that is gone', async () => {
    await lock('4194303\n/somewhere/main.js\n');
    await expect(Home.open(folder)).resolves.toBeInstanceOf(Home);
  });

  it('is taken over when another program has the number by now', async () => {
    await lock(`${process.ppid}\n/somewhere/that/nobody/runs.js\n`);
    await expect(Home.open(folder)).resolves.toBeInstanceOf(Home);
  });

  it('is taken over when a crash left the lock half written', async () => {
    await lock('');
    await expect(Home.open(folder)).resolves.toBeInstanceOf(Home);
  });

  it('keeps its secrets for the next start, for the owner alone', async () => {
    const home = await Home.open(folder);
    const first = await home.secrets();
    expect(await home.secrets()).toEqual(first);
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });
});
