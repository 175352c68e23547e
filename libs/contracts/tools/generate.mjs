/** Writes the files that are made from the contracts, and removes those whose type is gone. Run it after a build. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedDocuments } from '../dist/documents.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const documents = generatedDocuments();
rmSync(join(root, 'libs/contracts/generated'), { recursive: true, force: true });
for (const [path, text] of documents) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
process.stdout.write(`${documents.size} files written\n`);
