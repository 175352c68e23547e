import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Text files by their path from the root, with `/`; in the order of their paths. What every guard reads. */
export type SourceTree = ReadonlyMap<string, string>;

/** One broken rule in one file; the message says what was found and what the rule wants. */
export interface Violation {
  readonly file: string;
  readonly message: string;
}

/** A rule of the house: a pure function, so that a seeded violation can prove that it still bites. */
export type Guard = (tree: SourceTree) => Violation[];

const NOT_OURS = new Set([
  '.git',
  '.nx',
  '.cache',
  '.tributary',
  'node_modules',
  'dist',
  'coverage',
  'fixtures',
]);
/** The seeded violations would be found as violations. */
const CANARIES = 'tools/arch/canaries';
/** By ending; a file that has none (LICENSE, Dockerfile, .ci/run) is text here. */
const TEXT = /\.(?:ts|tsx|mts|mjs|js|json|md|ya?ml|html|css|sql|sh|txt|toml)$|(?:^|\/)[^./]+$/;
const LARGEST = 2_000_000;

/** Reads a folder as guards want it: without what is installed, built, recorded or seeded. */
export function readTree(root: string): SourceTree {
  const tree = new Map<string, string>();
  addFolder(tree, root, '');
  return tree;
}

function addFolder(tree: Map<string, string>, root: string, folder: string): void {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (NOT_OURS.has(entry.name) || path === CANARIES) continue;
    if (entry.isDirectory()) addFolder(tree, root, path);
    else if (entry.isFile() && TEXT.test(path) && statSync(join(root, path)).size < LARGEST) {
      tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
}
