import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../', import.meta.url));
const CHAPTER = 'docs/tour/02-a-channel-of-your-own.md';
/** What somebody has who has the repository, without what installs and builds leave. */
const PARTS = ['apps', 'libs', 'tools', 'testing', 'e2e', 'bench', 'k8s', 'docs', 'README.md'];
const CONFIGURATION = ['package.json', 'tsconfig.json', 'tsconfig.base.json', 'jest.config.mjs'];
const NOT_COPIED = /(^|\/)(node_modules|dist)(\/|$)/;

/** A file's path, in the words before a block of code, and the block. */
const BLOCK = /`(libs\/[^`\s]+)`[^`]*?\n\n```\w+\n([\s\S]*?)\n```/g;

/** The repository with the channel of the chapter in it: one folder, one line. */
class Newcomer {
  private constructor(readonly root: string) {}

  static async make(): Promise<Newcomer> {
    const root = await mkdtemp(join(tmpdir(), 'tributary-newcomer-'));
    const copied = (path: string) => !NOT_COPIED.test(path.slice(repository.length));
    for (const part of [...PARTS, ...CONFIGURATION]) {
      await cp(join(repository, part), join(root, part), { recursive: true, filter: copied });
    }
    await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
    const newcomer = new Newcomer(root);
    const chapter = await readFile(join(repository, CHAPTER), 'utf8');
    for (const [, path, text] of chapter.matchAll(BLOCK)) await newcomer.#write(path!, `${text}\n`);
    return newcomer;
  }

  async #write(path: string, text: string): Promise<void> {
    const file = join(this.root, path);
    if (path === 'libs/channel-registry/src/channels.ts') return appendFile(file, text);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** @returns what it told. @throws Error with it when the program failed. */
  async node(...args: readonly string[]): Promise<string> {
    const env = { NODE_OPTIONS: '--experimental-vm-modules' };
    const options = { cwd: this.root, env, maxBuffer: 2 ** 24 };
    const { stdout, stderr } = await run(process.execPath, args, options).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(error.stdout + error.stderr);
      },
    );
    return stdout + stderr;
  }

  /** Without the servers that other specs need. */
  jest(...paths: readonly string[]): Promise<string> {
    const nothing = join(this.root, 'nothing-to-start.config.mjs');
    const servers = ['--globalSetup', nothing, '--globalTeardown', nothing];
    return this.node(join(repository, 'node_modules/jest/bin/jest.js'), ...servers, ...paths);
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true });
  }
}

describe('a channel of a newcomer, one folder and one line as the tour has them', () => {
  let newcomer: Newcomer;
  beforeAll(async () => {
    newcomer = await Newcomer.make();
    await writeFile(join(newcomer.root, 'nothing-to-start.config.mjs'), 'export default () => {};\n');
    await newcomer.node('libs/channel-registry/tools/declare.mjs');
  });
  afterAll(() => newcomer.remove());

  it('keeps the contract and is in the registry', async () => {
    const told = await newcomer.jest('libs/channels/pigeon', 'libs/channel-registry/src/registry');
    expect(told).toContain('PASS libs/channels/pigeon/src/contract.spec.ts');
    expect(told).toContain('PASS libs/channel-registry/src/registry.spec.ts');
  });

  it('imports what a channel may, and has the shape of the house', async () => {
    const told = await newcomer.jest('tools/arch/boundaries', 'tools/arch/shape');
    expect(told).toContain('PASS tools/arch/boundaries.spec.ts');
    expect(told).toContain('PASS tools/arch/shape.spec.ts');
  });

  it('has the right types', async () => {
    const include = ['libs/channels/pigeon/src', 'libs/channel-registry/src', 'libs/contracts/src'];
    const only = JSON.stringify({ extends: './tsconfig.json', include });
    await writeFile(join(newcomer.root, 'tsconfig.newcomer.json'), only);
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    expect(await newcomer.node(compiler, '-p', 'tsconfig.newcomer.json')).toBe('');
  });

  it('is missed when its line is forgotten', async () => {
    const list = join(newcomer.root, 'libs/channel-registry/src/channels.ts');
    const whole = await readFile(list, 'utf8');
    await writeFile(list, whole.replace(/^.*channel-pigeon.*$/m, ''));
    const forgotten = newcomer.jest('libs/channel-registry/src/registry');
    await expect(forgotten).rejects.toThrow('✕ has every channel that the folder pigeon makes');
    await writeFile(list, whole);
  });
});
