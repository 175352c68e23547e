import type { Manifest } from './packages.js';
import type { SourceTree, Violation } from './source-tree.js';

const LOCK = 'package-lock.json';
const MACHINE_FOLDERS = ['root', 'work', 'home', 'Users'];
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
/** Real inputs outside the repository: only the pipeline knows where, everything else reads a variable. */
const OUTSIDE = ['..', 'shared'].join('/');

/** The lock file is good wherever packages come from. */
export function lockNamesNoHost(tree: SourceTree): Violation[] {
  const lines = (tree.get(LOCK) ?? '').split('\n');
  return lines
    .flatMap((line, at) => (/"resolved": *"https?:/.test(line) ? [`${LOCK}:${at + 1}`] : []))
    .slice(0, 3)
    .map((file) => ({ file, message: 'names a download address: .npmrc must omit it' }));
}

/** What works on one machine only. */
export function noMachinePaths(tree: SourceTree): Violation[] {
  const pattern = new RegExp(String.raw`(?:^|[^\w.~@/-])/(?:${MACHINE_FOLDERS.join('|')})/`, 'm');
  return [...tree].flatMap(([file, text]) => {
    const at = file === LOCK ? -1 : text.search(pattern);
    return at < 0 ? [] : [{ file: lineOf(file, text, at), message: 'a path of one machine' }];
  });
}

export function outsideNamedOnce(tree: SourceTree): Violation[] {
  return [...tree].flatMap(([file, text]) => {
    const at = file === '.ci/run' ? -1 : text.indexOf(`${OUTSIDE}/corpora`);
    return at < 0 ? [] : [{ file: lineOf(file, text, at), message: `only .ci/run may name ${OUTSIDE}` }];
  });
}

export function licensed(tree: SourceTree): Violation[] {
  const text = tree.get('LICENSE') ?? '';
  const isApache = text.includes('Apache License') && text.includes('END OF TERMS AND CONDITIONS');
  const named =
    (JSON.parse(tree.get('package.json') ?? '{}') as { license?: string }).license === 'Apache-2.0';
  return [
    ...(isApache ? [] : [{ file: 'LICENSE', message: 'the full text of the Apache License 2.0 is missing' }]),
    ...(named ? [] : [{ file: 'package.json', message: '`license` is not Apache-2.0' }]),
  ];
}

/** The same commit installs the same packages in a year; `*` is a package of this repository. */
export function exactVersions(tree: SourceTree): Violation[] {
  return [...tree].flatMap(([file, text]) => {
    if (!/(?:^|\/)package\.json$/.test(file)) return [];
    const { dependencies, devDependencies, overrides } = JSON.parse(text) as Manifest;
    return Object.entries({ ...dependencies, ...devDependencies, ...leaves(overrides) })
      .filter(([name, version]) => !(name.startsWith('@tributary/') ? version === '*' : EXACT.test(version)))
      .map(([name, version]) => ({ file, message: `\`${name}\` has no exact version: ${version}` }));
  });
}

function leaves(overrides: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : Object.entries(leaves(value as Record<string, unknown>)),
    ),
  );
}

function lineOf(file: string, text: string, at: number): string {
  return `${file}:${text.slice(0, at).split('\n').length}`;
}
