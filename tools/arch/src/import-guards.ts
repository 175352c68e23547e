import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { matches, readAllowedImports, rowFor, ARCHITECTURE, type AllowedImports } from './allowed-imports.js';
import {
  findPackages,
  importsOf,
  isConfigFile,
  isTestFile,
  packageNameOf,
  type Import,
  type Package,
} from './packages.js';
import type { SourceTree, Violation } from './source-tree.js';

const TESTING = '@tributary/testing';
const KAFKA_FOLDER = 'libs/event-log/src/kafka/';

/** The table of docs/architecture.md: everything that it does not allow is refused. */
export function allowedLayers(tree: SourceTree): Violation[] {
  const packages = findPackages(tree);
  const table = readAllowedImports(tree);
  const without = packages.filter(({ key }) => key !== '' && !rowFor(table, key));
  return [
    ...without.map(({ folder, key }) => ({
      file: `${folder}/package.json`,
      message: `\`${key}\` has no row in the table of ${ARCHITECTURE}`,
    })),
    ...workspaceImports(packages).flatMap((each) => layerFault(each, table)),
  ];
}

function layerFault({ to, ...each }: WorkspaceImport, table: AllowedImports): Violation[] {
  const row = rowFor(table, each.from.key);
  // Specs may use the real servers of `testing` wherever they stand.
  if (!row || (to.manifest.name === TESTING && isTestFile(each.file))) return [];
  const target = row.find(({ pattern }) => matches(pattern, to.key));
  if (!target)
    return [fault(each, `\`${each.from.key}\` may not import \`${to.key}\` (table of ${ARCHITECTURE})`)];
  if (!target.typesOnly || each.typeOnly || isTestFile(each.file)) return [];
  return [
    fault(each, `\`${each.from.key}\` may import only types of \`${to.key}\` (table of ${ARCHITECTURE})`),
  ];
}

/** The table itself may not open a way, however long, from the book of record or the router to a channel. */
export function channelsOutOfReach(tree: SourceTree): Violation[] {
  const table = readAllowedImports(tree);
  const reach = (key: string, path: readonly string[]): string[][] => {
    if (path.includes(key)) return [];
    const here = [...path, key];
    if (key.startsWith('channel')) return [here];
    return (rowFor(table, key) ?? []).flatMap(({ pattern }) => reach(pattern, here));
  };
  return ['apps/router', 'apps/tickets'].flatMap((app) =>
    reach(app, []).map((path) => ({
      file: ARCHITECTURE,
      message: `${app} reaches a channel by ${path.join(' -> ')}: it must not know any`,
    })),
  );
}

/**
 * Every package that a file imports stands in its own package.json: Nx builds its graph from there, and an
 * undeclared import is invisible to it. What ships needs `dependencies`; types and tests may use development ones,
 * and those of the root.
 */
export function declaredImports(tree: SourceTree): Violation[] {
  const packages = findPackages(tree);
  const root = packages.at(-1)!;
  return importsOf(packages).flatMap((each) => {
    const name = packageNameOf(each.specifier);
    if (!name || isBuiltin(name) || name === each.from.manifest.name) return [];
    const { dependencies = {}, devDependencies = {} } = each.from.manifest;
    if (name in dependencies) return [];
    const isTool = isTestFile(each.file) || isConfigFile(each.file);
    if (name in devDependencies && (isTool || each.typeOnly)) return [];
    if (isTool && (name in (root.manifest.devDependencies ?? {}) || name === TESTING)) return [];
    const where = `${each.from.folder || '.'}/package.json`;
    if (name in devDependencies)
      return [fault(each, `\`${name}\` ships, but is a development dependency in ${where}`)];
    return [fault(each, `\`${name}\` is not declared in ${where}`)];
  });
}

function isBuiltin(name: string): boolean {
  return builtinModules.includes(name);
}

/** Another package is entered by its doors: `.`, and `./testing` where it has one. */
export function noDeepImports(tree: SourceTree): Violation[] {
  return workspaceImports(findPackages(tree)).flatMap(({ to, ...each }) => {
    const path = `.${each.specifier.slice(to.manifest.name.length)}`;
    if (path === '.' || path in (to.manifest.exports ?? {})) return [];
    return [
      fault(each, `deep import of \`${each.specifier}\`: ${to.folder}/package.json exports no \`${path}\``),
    ];
  });
}

/** A path never leads out of its package: the other one is imported by its name. */
export function noRelativeAcross(tree: SourceTree): Violation[] {
  return importsOf(findPackages(tree)).flatMap((each) => {
    if (!each.specifier.startsWith('.') || each.from.folder === '') return [];
    const target = posix.join(posix.dirname(each.file), each.specifier);
    if (target.startsWith(`${each.from.folder}/`)) return [];
    return [
      fault(
        each,
        `relative import of \`${each.specifier}\` leaves ${each.from.folder}: import by package name`,
      ),
    ];
  });
}

/** What ships imports nothing that is only for tests. */
export function noTestCodeInProduct(tree: SourceTree): Violation[] {
  return importsOf(findPackages(tree)).flatMap((each) => {
    if (isTestFile(each.file) || isConfigFile(each.file)) return [];
    const isTests =
      each.specifier === TESTING || /(?:^|\/)testing(?:\/|$)|\.spec(?:\.js)?$/.test(each.specifier);
    return isTests ? [fault(each, `\`${each.specifier}\` is test code, and this file ships`)] : [];
  });
}

/** Everything else speaks to the log through its port. */
export function kafkaInOnePlace(tree: SourceTree): Violation[] {
  return importsOf(findPackages(tree)).flatMap((each) => {
    if (packageNameOf(each.specifier) !== 'kafkajs' || each.file.startsWith(KAFKA_FOLDER)) return [];
    return [fault(each, `Kafka's client is known only in ${KAFKA_FOLDER}`)];
  });
}

/** The bootstrap runs before anything is installed. */
export function setupNeedsNothing(tree: SourceTree): Violation[] {
  return importsOf(findPackages(tree)).flatMap((each) => {
    if (!/^tools\/setup\/.*\.mjs$/.test(each.file) || /^(?:node:|\.)/.test(each.specifier)) return [];
    return [
      fault(each, `\`${each.specifier}\` is not there yet when the set-up runs: only node: modules are`),
    ];
  });
}

interface WorkspaceImport extends Import {
  readonly to: Package;
}

function workspaceImports(packages: readonly Package[]): WorkspaceImport[] {
  const byName = new Map(packages.map((each) => [each.manifest.name, each]));
  return importsOf(packages).flatMap((each) => {
    const to = byName.get(packageNameOf(each.specifier) ?? '');
    return to ? [{ ...each, to }] : [];
  });
}

function fault({ file, line }: { readonly file: string; readonly line: number }, message: string): Violation {
  return { file: `${file}:${line}`, message };
}
