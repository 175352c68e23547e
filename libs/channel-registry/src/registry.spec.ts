import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChannelModule } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { CHANNEL_MODULES } from './index.js';

const channels = new URL('../../channels/', import.meta.url);
const folders = readdirSync(channels).filter((name) => existsSync(new URL(`${name}/package.json`, channels)));

const isModule = (value: unknown): value is ChannelModule =>
  typeof value === 'object' && value !== null && 'manifest' in value && 'inbound' in value;

describe('the registry', () => {
  it('has each channel once', () => {
    const names = CHANNEL_MODULES.map(({ manifest }) => manifest.channel);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(folders)('has every channel that the folder %s makes', async (folder) => {
    const entry = fileURLToPath(new URL(`${folder}/src/index.ts`, channels));
    const made = Object.values((await import(entry)) as object).filter(isModule);
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter((each) => !CHANNEL_MODULES.includes(each))).toEqual([]);
  });

  it.each(folders)('keeps the contract for every channel of the folder %s', (folder) => {
    const spec = readFileSync(new URL(`${folder}/src/contract.spec.ts`, channels), 'utf8');
    expect(spec).toMatch(/\bchannelContract\(/);
  });

  it.each(folders)(
    'has recordings in the folder %s with their sources and the days they were made',
    (folder) => {
      const sources = readFileSync(new URL(`${folder}/fixtures/README.md`, channels), 'utf8');
      expect(sources).toMatch(/\b20\d{2}-\d{2}-\d{2}\b/);
    },
  );
});
