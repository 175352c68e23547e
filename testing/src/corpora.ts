import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder, or a file, of real inputs that nobody here wrote. They are not part of the repository; where
 * `TRIBUTARY_CORPORA` says they are not, the specs on our own fixtures stand alone.
 *
 * @returns undefined, after one line that says so, when there is none.
 */
export function corpus(name: 'bounces' | 'mail' | 'replies' | 'xss.json'): string | undefined {
  const root = process.env['TRIBUTARY_CORPORA'];
  const folder = root ? join(root, name) : undefined;
  if (folder !== undefined && existsSync(folder)) return folder;
  process.stderr.write(`TRIBUTARY_CORPORA is not set: the ${name} corpus is not checked in this run\n`);
  return undefined;
}
