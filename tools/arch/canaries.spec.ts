import { afterAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOUNDARIES, HYGIENE, SHAPE } from './src/guards.js';
import { readTree, type SourceTree } from './src/source-tree.js';

const GUARDS = { ...BOUNDARIES, ...SHAPE, ...HYGIENE };
const CANARIES = fileURLToPath(new URL('canaries/', import.meta.url));
const CLEAN = 'clean';
const workplace = mkdtempSync(join(tmpdir(), 'tributary-canaries-'));

const foldersIn = (folder: string): string[] => readdirSync(folder).sort();

/** Seeds carry a suffix so that neither the compiler nor a linter takes them for code; a tree has them without. */
function plant(root: string, seeds: string): void {
  for (const path of readdirSync(seeds, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.seed')) continue;
    const target = join(root, path.slice(0, -'.seed'.length));
    mkdirSync(join(target, '..'), { recursive: true });
    cpSync(join(seeds, path), `${target}.new`);
    renameSync(`${target}.new`, target);
  }
}

function treeWith(...seeds: string[]): SourceTree {
  const root = mkdtempSync(join(workplace, 'tree-'));
  for (const each of [CLEAN, ...seeds]) plant(root, join(CANARIES, each));
  return readTree(root);
}

describe('guards find what is seeded', () => {
  afterAll(() => rmSync(workplace, { recursive: true, force: true }));

  it('each guard has a canary, and each canary a guard', () => {
    expect(foldersIn(CANARIES).filter((name) => name !== CLEAN)).toEqual(Object.keys(GUARDS).sort());
  });

  it.each(Object.entries(GUARDS))('%s finds nothing in a clean tree', (_name, guard) => {
    expect(guard(treeWith())).toEqual([]);
  });

  const canaries = Object.keys(GUARDS).flatMap((guard) =>
    foldersIn(join(CANARIES, guard)).map((canary) => [guard, canary] as const),
  );
  it.each(canaries)('%s finds %s', (guard, canary) => {
    const expected = readFileSync(join(CANARIES, guard, canary, 'expected.txt'), 'utf8').trim();
    const messages = GUARDS[guard]!(treeWith(join(guard, canary))).map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining(expected));
  });
});
