import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { HYGIENE } from './src/guards.js';
import { readTree } from './src/source-tree.js';

describe('hygiene: the repository works anywhere', () => {
  const tree = readTree(fileURLToPath(new URL('../../', import.meta.url)));

  it.each(Object.entries(HYGIENE))('%s holds in the whole repository', (_name, guard) => {
    expect(guard(tree)).toEqual([]);
  });
});
