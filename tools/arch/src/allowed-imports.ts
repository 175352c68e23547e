import type { SourceTree } from './source-tree.js';

/** Where the table stands that people read and the guards enforce. */
export const ARCHITECTURE = 'docs/architecture.md';
const TABLE_HEAD = /^\|\s*package\s*\|\s*may import\s*\|/im;

export interface AllowedTarget {
  readonly pattern: string;
  /** Only `import type`: nothing of it may be there at run time. */
  readonly typesOnly: boolean;
}
/** Importing package, or a `folder/*` for all in a folder, to what it may import. */
export type AllowedImports = ReadonlyMap<string, readonly AllowedTarget[]>;

/** Reads the table. Throws when it is not there: a guard without its table would allow everything. */
export function readAllowedImports(tree: SourceTree): AllowedImports {
  const text = tree.get(ARCHITECTURE) ?? '';
  const head = TABLE_HEAD.exec(text);
  if (!head) throw new Error(`${ARCHITECTURE} has no table with the columns "package" and "may import"`);
  const lines = text.slice(head.index).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  const rows = new Map<string, AllowedTarget[]>();
  for (const line of lines.slice(0, end < 0 ? undefined : end)) {
    const [importer = '', targets = ''] = line.split('|').slice(1);
    for (const [name] of quoted(importer)) rows.set(name, quoted(targets).map(asTarget));
  }
  return rows;
}

/** Names stand in backticks, so that the cell can also hold words; `(types)` behind one restricts it. */
function quoted(cell: string): [string, boolean][] {
  return [...cell.matchAll(/`([^`]+)`(\s*\(types\))?/g)].map((match) => [match[1]!, Boolean(match[2])]);
}

function asTarget([pattern, typesOnly]: [string, boolean]): AllowedTarget {
  return { pattern, typesOnly };
}

export function matches(pattern: string, key: string): boolean {
  return pattern === key || (pattern.endsWith('/*') && key.startsWith(pattern.slice(0, -1)));
}

/** The row for a package; a row with its full name wins over one for its folder. */
export function rowFor(table: AllowedImports, key: string): readonly AllowedTarget[] | undefined {
  return table.get(key) ?? [...table].find(([pattern]) => matches(pattern, key))?.[1];
}
