import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { BOUNDARIES } from './src/guards.js';
import { readTree } from './src/source-tree.js';

describe('boundaries: who may import what', () => {
  const tree = readTree(fileURLToPath(new URL('../../', import.meta.url)));

  it.each(Object.entries(BOUNDARIES))('%s holds in the whole repository', (_name, guard) => {
    expect(guard(tree)).toEqual([]);
  });
});
