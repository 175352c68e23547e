import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { channelTable } from './channel-table.js';
import { CHANNEL_MODULES } from './index.js';

describe('the table of channels in the README', () => {
  it('says what the manifests say (npm run -w @tributary/channel-registry generate)', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, table] = /<!-- channels -->\n([\s\S]*)\n<!-- \/channels -->/.exec(readme) ?? [];
    expect(table?.trim()).toBe(channelTable(CHANNEL_MODULES));
  });
});
