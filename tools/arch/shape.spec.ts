import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { SHAPE } from './src/guards.js';
import { readTree } from './src/source-tree.js';

describe('shape: how files are named, laid out and bounded', () => {
  const tree = readTree(fileURLToPath(new URL('../../', import.meta.url)));

  it.each(Object.entries(SHAPE))('%s holds in the whole repository', (_name, guard) => {
    expect(guard(tree)).toEqual([]);
  });
});
