import { findImports, type ImportStatement } from './source-scanner.js';
import type { SourceTree } from './source-tree.js';

export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** One npm workspace, or the root (folder '') that owns every file outside of them. */
export interface Package {
  readonly folder: string;
  /** As the table of allowed imports writes it: the folder, without `libs/`. */
  readonly key: string;
  readonly manifest: Manifest;
  /** Its source files: path and text. */
  readonly sources: ReadonlyMap<string, string>;
}

const SOURCE = /\.(?:ts|tsx|mts|mjs|js)$/;
const PACKAGE_FOLDER = /^(?:libs\/channels\/[^/]+|(?:libs|apps|tools|optional)\/[^/]+|testing|e2e|bench)$/;

/** Every package of the tree, the root last. */
export function findPackages(tree: SourceTree): Package[] {
  const folders = [...tree.keys()]
    .filter((path) => path.endsWith('/package.json'))
    .map((path) => path.slice(0, -'/package.json'.length))
    .filter((folder) => PACKAGE_FOLDER.test(folder));
  return [...folders, ''].map((folder) => {
    const path = folder ? `${folder}/package.json` : 'package.json';
    const sources = [...tree].filter(([file]) => SOURCE.test(file) && ownerOf(file, folders) === folder);
    return {
      folder,
      key: folder.replace(/^libs\//, ''),
      manifest: JSON.parse(tree.get(path) ?? '{"name":"root"}') as Manifest,
      sources: new Map(sources),
    };
  });
}

function ownerOf(file: string, folders: readonly string[]): string {
  return folders.find((folder) => file.startsWith(`${folder}/`)) ?? '';
}

/** Code that never ships: specs, the shared suites, and the packages that only tests are made of. */
export function isTestFile(path: string): boolean {
  return (
    /\.spec\.tsx?$/.test(path) ||
    /^(?:testing|e2e|bench|tools|k8s)\//.test(path) ||
    /\/src\/testing\//.test(path)
  );
}

/** Read by a tool, which wants a default export and development packages. */
export function isConfigFile(path: string): boolean {
  return /\.config\.(?:ts|mts|mjs|js)$/.test(path);
}

/** One import statement with where it stands. */
export interface Import extends ImportStatement {
  readonly file: string;
  readonly from: Package;
}

/** Every import statement of every package, in the order of files. */
export function importsOf(packages: readonly Package[]): Import[] {
  return packages.flatMap((from) =>
    [...from.sources].flatMap(([file, text]) =>
      findImports(text).map((statement) => ({ ...statement, file, from })),
    ),
  );
}

/** `@scope/name/deep/path` is of `@scope/name`, `name/path` of `name`; one by path, of Node or of the bundler of none. */
export function packageNameOf(specifier: string): string | undefined {
  if (/^(?:\.|node:|virtual:)/.test(specifier)) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}
