import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endLeftovers } from './leftover-processes.js';

describe('what a killed start left running', () => {
  let folder: string;
  let program: string;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-leftovers-'));
    program = join(folder, 'app', 'dist', 'main.js');
    await mkdir(join(folder, 'app', 'dist'), { recursive: true });
    await writeFile(program, `process.stdout.write('up'); setInterval(() => {}, 1000);`);
  });

  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function start(env: Readonly<Record<string, string>>, args: readonly string[] = [program]) {
    const child = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  it('is ended when its environment names the home', async () => {
    const left = await start({ OBJECT_STORE_DIR: `${folder}/objects` });
    const ended = once(left, 'exit');
    await endLeftovers(folder);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('is left alone when it works on another home', async () => {
    const other = await start({ OBJECT_STORE_DIR: `${folder}-other/objects` });
    await endLeftovers(folder);
    expect(other.signalCode).toBeNull();
    expect(other.exitCode).toBeNull();
  });

  it('is left alone when it is no service of ours', async () => {
    const script = `process.stdout.write('up'); setInterval(() => {}, 1000);`;
    const other = await start({ PICTURES: `${folder}/pictures` }, ['-e', script]);
    await endLeftovers(folder);
    expect(other.signalCode).toBeNull();
  });
});
