import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { channelTable } from './channel-table.js';
import { CHANNEL_MODULES } from './index.js';

/** Without the blanks that a formatter sets. */
const cellsOf = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replace(/^-+$/, '---')));

describe('the table of channels in the README', () => {
  it('says what the manifests say (npm run -w @tributary/channel-registry generate)', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, table] = /<!-- channels -->\n([\s\S]*)\n<!-- \/channels -->/.exec(readme) ?? [];
    expect(cellsOf(table ?? '')).toEqual(cellsOf(channelTable(CHANNEL_MODULES)));
  });
});
