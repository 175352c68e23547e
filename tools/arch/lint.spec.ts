import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lines = (count: number, line: string): string => Array.from({ length: count }, () => line).join('\n');
const promise = 'declare function work(): Promise<void>;\n';

/** A later override replaces an earlier one's options for the same rule, so each rule is tried where it must bite. */
const BITES: readonly (readonly [rule: string, file: string, code: string])[] = [
  ['eslint(max-lines)', 'libs/a/src/long.ts', lines(401, 'export {};')],
  ['eslint(max-lines)', 'libs/a/src/long.spec.ts', lines(401, 'export {};')],
  [
    'eslint(max-lines-per-function)',
    'apps/a/src/long-function.ts',
    `export function a() {\n${lines(51, 'a();')}\n}`,
  ],
  ['eslint(no-console)', 'apps/a/src/prints.ts', "console.log('a');"],
  [
    'eslint(no-restricted-globals)',
    'apps/a/src/fetches.ts',
    "export const a = fetch('https://example.org');",
  ],
  [
    'eslint(no-restricted-globals)',
    'libs/channels/a/src/fetches.ts',
    "export const a = fetch('https://example.org');",
  ],
  ['eslint(eqeqeq)', 'libs/a/src/equals.ts', "export const a = (b: string) => b == 'c';"],
  ['eslint(no-unused-vars)', 'libs/a/src/unused.ts', 'const a = 1;\nexport {};'],
  ['import(no-default-export)', 'libs/a/src/default.ts', 'export default 1;'],
  ['import(no-cycle)', 'libs/a/src/cycle.ts', "export { b } from './cycle-back.js';\nexport const a = 1;"],
  ['jest(no-focused-tests)', 'libs/a/src/focused.spec.ts', "it.only('a', () => {});"],
  ['jest(no-disabled-tests)', 'libs/a/src/disabled.spec.ts', "it.skip('a', () => {});"],
  ['typescript(no-explicit-any)', 'libs/a/src/any.ts', 'export const a = (b: any) => b;'],
  ['typescript(no-floating-promises)', 'libs/a/src/floats.ts', `${promise}work();`],
  ['typescript(no-floating-promises)', 'libs/a/src/floats.spec.ts', `${promise}work();`],
  ['typescript(no-misused-promises)', 'libs/a/src/misuses.ts', `${promise}if (work()) throw new Error('a');`],
  ['typescript(await-thenable)', 'libs/a/src/awaits.ts', 'export const a = await 1;'],
  ['typescript(only-throw-error)', 'libs/a/src/throws.ts', "throw 'a';"],
  [
    'typescript(switch-exhaustiveness-check)',
    'libs/a/src/switches.ts',
    "export function a(b: 'c' | 'd') {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n  return 2;\n}",
  ],
];

const LETS_PASS: readonly (readonly [why: string, file: string, code: string])[] = [
  [
    'the one place that fetches',
    'libs/runtime/src/fetches.ts',
    "export const a = fetch('https://example.org');",
  ],
  ['the browser', 'apps/console/src/fetches.ts', "export const a = fetch('https://example.org');"],
  ['a command that prints', 'bench/src/prints.ts', "console.log('a');"],
  ['a config file with its default export', 'apps/console/vite.config.ts', 'export default {};'],
  [
    'a long description in a spec',
    'libs/a/src/describes.spec.ts',
    `export function a() {\n${lines(51, 'a();')}\n}`,
  ],
];

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

function lint(folder: string): Diagnostic[] {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const { stdout } = spawnSync(
    process.execPath,
    [oxlint, '--type-aware', '-f', 'json', 'apps', 'bench', 'libs'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}

describe('lint rules find what is seeded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-lint-'));
  let found: Diagnostic[] = [];

  beforeAll(() => {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    // Oxlint looks for its type-aware part below the folder it runs in.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const compilerOptions = { strict: true, module: 'NodeNext', target: 'ES2023', types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const back = [
      '',
      'libs/a/src/cycle-back.ts',
      "export { a } from './cycle.js';\nexport const b = 1;",
    ] as const;
    for (const [, file, code] of [...BITES, ...LETS_PASS, back]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    found = lint(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(BITES)('%s bites in %s', (rule, file) => {
    expect(found.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule);
  });

  it.each(LETS_PASS)('nothing is said of %s', (_why, file) => {
    expect(found.filter(({ filename }) => filename === file)).toEqual([]);
  });
});
