import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const doors = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
const SEEDS: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'seeded', type: 'module', workspaces: ['libs/*'] }),
  'libs/a/package.json': JSON.stringify({
    name: '@tributary/a',
    type: 'module',
    exports: doors,
    dependencies: { unused: '1.0.0' },
  }),
  'libs/a/tsconfig.json': JSON.stringify({ compilerOptions: { rootDir: 'src', outDir: 'dist' } }),
  'libs/a/src/index.ts': "import 'unlisted';\nexport { used } from './part.js';\n",
  'libs/a/src/part.ts': 'export const used = 1;\nexport const dead = 2;\n',
  'libs/a/src/orphan.ts': 'export const alone = 1;\n',
};

describe('the search for dead code finds what is seeded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-dead-code-'));
  let report = '';

  beforeAll(() => {
    cpSync(join(root, 'knip.json'), join(folder, 'knip.json'));
    for (const [file, text] of Object.entries(SEEDS)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const knip = join(root, 'node_modules/knip/bin/knip.js');
    const args = [knip, '--no-progress', '--no-config-hints', '--reporter', 'compact'];
    report = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['a file that nothing imports', /Unused files[^]*libs\/a\/src\/orphan\.ts/],
    ['an export that nothing imports', /Unused exports[^]*libs\/a\/src\/part\.ts: dead/],
    ['a dependency that nothing imports', /Unused dependencies[^]*libs\/a\/package\.json: unused/],
    ['an import that no package.json declares', /Unlisted dependencies[^]*libs\/a\/src\/index\.ts: unlisted/],
  ])('%s', (_what, line) => {
    expect(report).toMatch(line);
  });

  it('and no more than that', () => {
    expect(report).not.toMatch(/\bused\b.*part|alone/);
  });
});
