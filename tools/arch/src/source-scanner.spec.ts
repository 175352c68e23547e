import { describe, expect, it } from '@jest/globals';
import { findImports, maskSource } from './source-scanner.js';

const specifiers = (source: string): string[] => findImports(source).map(({ specifier }) => specifier);
const isType = (source: string): boolean[] => findImports(source).map(({ typeOnly }) => typeOnly);

describe('findImports', () => {
  it.each([
    ["import a from 'x';", 'a default'],
    ["import a, { b } from 'x';", 'a default with names'],
    ["import * as a from 'x';", 'a namespace'],
    ["import {\n  a,\n  // why\n  b,\n} from 'x';", 'names on many lines'],
    ['import "x";', 'a side effect'],
    ["export { a } from 'x';", 'names passed on'],
    ["export * as a from 'x';", 'everything passed on'],
    ["export type * from 'x';", 'types passed on'],
    ["import type { A } from 'x';", 'types'],
    ["const a = await import('x');", 'a dynamic import'],
    ['const a = await import(`x`);', 'a dynamic import of a template'],
    ["let a: import('x').A;", 'a type query'],
    ["const a = require('x');", 'require'],
    ["const a = require.resolve('x');", 'require.resolve'],
    ["const a = import.meta.resolve('x');", 'import.meta.resolve'],
    ["export interface A { b: string }\nimport c from 'x'", 'one behind a declaration without a semicolon'],
    ["const a = `${'`'} ${await import('x')} `;", 'one inside a template'],
    ["const a = /['\"`]/;\nimport b from 'x';", 'one behind a pattern with quotes'],
    ["const a = <p>Don't</p>;\nimport b from 'x';", 'one behind an apostrophe in JSX'],
    ["const a = 4 / 2; import b from 'x'; const c = 4 / 2;", 'one between divisions'],
  ])('finds in %j %s', (source) => {
    expect(specifiers(source)).toEqual(['x']);
  });

  it.each([
    ["// import a from 'x';"],
    ["/* import a from 'x'; */"],
    ['const a = "import b from \'x\'";'],
    ["const a = `import b from 'x'`;"],
    ["const a = /import b from 'x'/;"],
    ["export const from = 'x';"],
    ["export function a() { return Array.from('x'); }"],
  ])('finds nothing in %j', (source) => {
    expect(specifiers(source)).toEqual([]);
  });

  it.each([
    ["import type { A } from 'x';", true],
    ["import { type A, type B } from 'x';", true],
    ["import { type A, b } from 'x';", false],
    ["import type from 'x';", false],
    ["export type { A } from 'x';", true],
    ["let a: typeof import('x');", true],
    ["let a: import('x').A;", true],
    ["const a = b ? 'c' : import('x');", false],
    ["import 'x';", false],
  ])('knows whether %j is gone at run time: %s', (source, typeOnly) => {
    expect(isType(source)).toEqual([typeOnly]);
  });

  it('says on which line a statement begins', () => {
    expect(findImports("import a from 'x';\n\nimport {\n  b,\n} from 'y';").map(({ line }) => line)).toEqual([
      1, 3,
    ]);
  });
});

describe('maskSource', () => {
  it('keeps every offset and every line', () => {
    const source = "const a = 'b'; // c\nconst d = `e ${f('g')} h`;\n/* i\nj */ k();\n";
    expect(maskSource(source)).toHaveLength(source.length);
    expect(maskSource(source).split('\n')).toHaveLength(source.split('\n').length);
  });

  it('leaves the code inside a template and none of its text', () => {
    expect(maskSource('`a ${b({ c: 1 })} d ${`e ${f}`} g`').replace(/\s+/g, ' ')).toBe(
      '` ${b({ c: 1 })} ${` ${f}`} `',
    );
  });
});
