/** Writes the table of channels into the README, between its marks. `npm run -w @tributary/channel-registry generate` */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { CHANNEL_MODULES, channelTable } from '../dist/index.js';

const readme = new URL('../../../README.md', import.meta.url);
const text = readFileSync(readme, 'utf8');
const marked = /(<!-- channels -->\n)[\s\S]*(\n<!-- \/channels -->)/;
const filled = text.replace(marked, (_, from, to) => `${from}\n${channelTable(CHANNEL_MODULES)}\n${to}`);
writeFileSync(readme, await format(filled, { ...(await resolveConfig('README.md')), parser: 'markdown' }));
