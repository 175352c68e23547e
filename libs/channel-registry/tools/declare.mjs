/** Writes the packages that the list of channels names into package.json, so that they are built before it. */
import { readFileSync, writeFileSync } from 'node:fs';

const list = readFileSync(new URL('../src/channels.ts', import.meta.url), 'utf8');
const file = new URL('../package.json', import.meta.url);
const manifest = JSON.parse(readFileSync(file, 'utf8'));
const named = [...list.matchAll(/ from '(@tributary\/channel-[^']+)'/g)].map(([, name]) => name);
manifest.dependencies = Object.fromEntries(
  ['@tributary/channel-sdk', ...named].toSorted().map((name) => [name, '*']),
);
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
