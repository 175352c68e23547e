import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createStandInRepository, type StandInRepository } from './stand-in-repository.js';

const TOOLS = {
  build: 'nx/dist/bin/nx.js',
  format: 'prettier/bin/prettier.cjs',
  lint: 'oxlint/bin/oxlint',
  boundaries: 'jest/bin/jest.js',
  'dead code': 'knip/bin/knip.js',
};

/** Two checks: of the servers, and of the console. */
const TYPES = 'typescript/bin/tsc';

describe('npm run check', () => {
  let repository: StandInRepository;

  beforeEach(() => {
    repository = createStandInRepository();
    for (const tool of [...Object.values(TOOLS), TYPES]) repository.write(`node_modules/${tool}`, '');
  });
  afterEach(() => repository.remove('.'));

  function check(): { status: number | null; lines: string[] } {
    const { status, stdout } = spawnSync('npm', ['run', 'check'], { cwd: repository.root, encoding: 'utf8' });
    return { status, lines: stdout.trimEnd().split('\n') };
  }

  it('says one line a check and counts them', () => {
    const { status, lines } = check();
    expect(lines.slice(-9).map((line) => line.replace(/\d+\.\d s$/, 'N s'))).toEqual([
      'ok     build, N s',
      'ok     format, N s',
      'ok     lint, N s',
      'ok     boundaries, N s',
      'ok     types, N s',
      'ok     types of the console, N s',
      'ok     types of the chat widget, N s',
      'ok     dead code, N s',
      '8 passed, 0 failed',
    ]);
    expect(status).toBe(0);
  });

  it.each(Object.entries(TOOLS))('runs all and fails when %s fails, with what it printed', (name, tool) => {
    repository.write(`node_modules/${tool}`, "console.log('this is wrong'); process.exit(2);");
    const { status, lines } = check();
    expect([status, lines.at(-1)]).toEqual([1, '7 passed, 1 failed']);
    expect(lines.filter((line) => line.startsWith(`failed ${name}, `))).toHaveLength(1);
    expect(lines).toContain('this is wrong');
  });

  it('fails for each whose types do not fit: the servers, the console and the chat widget', () => {
    repository.write(`node_modules/${TYPES}`, 'process.exit(2);');
    expect(check().lines.at(-1)).toBe('5 passed, 3 failed');
  });
});
