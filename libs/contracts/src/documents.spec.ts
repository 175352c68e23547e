import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { generatedDocuments } from './documents.js';

const ROOT = new URL('../../../', import.meta.url);
const STALE = 'stale: run `npm run -w @tributary/contracts generate`';

describe('The files made from the contracts', () => {
  const documents = generatedDocuments();

  it.each([...documents.keys()])('%s is as committed', (path) => {
    const committed = readFileSync(new URL(path, ROOT), 'utf8');
    expect(committed === documents.get(path) ? 'fresh' : STALE).toBe('fresh');
  });

  it('leave no schema on disk whose type is gone', () => {
    const folder = new URL('libs/contracts/generated/', ROOT);
    const onDisk = readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => `libs/contracts/generated/${file}`);
    expect(onDisk.sort()).toEqual([...documents.keys()].filter((path) => path.endsWith('.json')).sort());
  });
});
