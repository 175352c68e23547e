import { posix } from 'node:path';
import { findPackages, importsOf, isTestFile, packageNameOf } from './packages.js';
import type { SourceTree, Violation } from './source-tree.js';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Packages form a ladder, by what they import and by what they declare: Nx builds them in that order. */
export function noPackageCycles(tree: SourceTree): Violation[] {
  const packages = findPackages(tree);
  const names = new Set(packages.map(({ manifest }) => manifest.name));
  const graph = new Map(packages.map(({ manifest }) => [manifest.name, new Set<string>()]));
  const connect = (from: string, to: string | undefined): void => {
    if (to && to !== from && names.has(to)) graph.get(from)!.add(to);
  };
  for (const { manifest } of packages) {
    const declared = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const name of Object.keys(declared)) connect(manifest.name, name);
  }
  for (const each of importsOf(packages)) {
    // A spec's use of the test servers is no edge: nothing that is built depends on a spec.
    if (!/\.spec\.tsx?$/.test(each.file)) connect(each.from.manifest.name, packageNameOf(each.specifier));
  }
  const folderOf = new Map(packages.map(({ manifest, folder }) => [manifest.name, folder || '.']));
  return findCycles(graph).map((cycle) => ({
    file: `${folderOf.get(cycle[0]!)}/package.json`,
    message: `cycle between packages: ${cycle.join(' -> ')}`,
  }));
}

/** Files form a ladder too. Types do not count: they are gone when the order of loading matters. */
export function noFileCycles(tree: SourceTree): Violation[] {
  const graph = new Map<string, Set<string>>();
  for (const { file, specifier, typeOnly } of importsOf(findPackages(tree))) {
    const target = typeOnly || isTestOnly(file) ? undefined : resolveFile(tree, file, specifier);
    if (target) graph.set(file, (graph.get(file) ?? new Set()).add(target));
  }
  return findCycles(graph).map((cycle) => ({
    file: cycle[0]!,
    message: `cycle between files: ${cycle.join(' -> ')}`,
  }));
}

/** Nothing imports a spec, so it closes no cycle. */
function isTestOnly(file: string): boolean {
  return isTestFile(file) && file.includes('.spec.');
}

function resolveFile(tree: SourceTree, from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  const bare = path.replace(/\.m?jsx?$/, '');
  return [path, `${bare}.ts`, `${bare}.tsx`, `${path}.ts`, `${path}.tsx`].find((each) => tree.has(each));
}

/** One cycle for each knot, beginning and ending with its first member. Depth first, each node entered once. */
function findCycles(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const enter = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) cycles.push([...path.slice(at), node]);
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) enter(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) enter(node, []);
  return cycles;
}
