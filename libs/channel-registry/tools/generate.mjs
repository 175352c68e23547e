/** Writes the table of channels into the README, between its marks. `npm run -w @tributary/channel-registry generate` */
import { readFileSync, writeFileSync } from 'node:fs';
import { CHANNEL_MODULES, channelTable } from '../dist/index.js';

const readme = new URL('../../../README.md', import.meta.url);
const marked = /(<!-- channels -->\n)[\s\S]*(\n<!-- \/channels -->)/;
const text = readFileSync(readme, 'utf8');
writeFileSync(
  readme,
  text.replace(marked, (_, from, to) => `${from}\n${channelTable(CHANNEL_MODULES)}\n${to}`),
);
