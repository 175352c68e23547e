import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, wherever the command was called from. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A path inside the repository; an absolute one stays what it is. */
export const inside = (...parts) => resolve(root, ...parts);

/**
 * The Node that runs everything but this bootstrap: 24, brought by the npm package `node`, because the machine's own
 * may be as old as 20.19. Where that package has no binary for the platform, the machine's Node must be 24 itself.
 */
export function node24() {
  const packaged = inside('node_modules', 'node', 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error(
    `Node 24 is needed and ${packaged} is missing: install Node 24, or allow npm's install scripts`,
  );
}

/** Jest runs modules as modules only with the first; the second silences the warning that it is new. */
export const JEST_NODE_FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
