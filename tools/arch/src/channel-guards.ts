import { findPackages, importsOf, isTestFile, packageNameOf } from './packages.js';
import { findImports, maskSource } from './source-scanner.js';
import type { SourceTree, Violation } from './source-tree.js';

const REGISTRY = 'libs/channel-registry/src/channels.ts';
const FOLDER = /^libs\/channels\/([^/]+)\//;
/** Libraries that decide, store, log or reach out by themselves; the host does all four. */
const FORBIDDEN_PACKAGE =
  /^(?:@nestjs\/.*|typeorm|pg|pino|kafkajs|fastify|express|undici|axios|got|node-fetch)$/;
const FORBIDDEN_BUILTIN =
  /^(?:node:)?(?:fs|fs\/promises|child_process|cluster|dgram|dns|http|https|http2|net|process|tls|timers|worker_threads)$/;
const FORBIDDEN_CODE: readonly [RegExp, string][] = [
  [/(?<![.\w$])process\b\s*[.[]/, 'the environment (`process`)'],
  [/(?<![.\w$])fetch\s*\(|globalThis\s*\.\s*fetch\b/, 'the global `fetch`: the host passes one in'],
  [/(?<![.\w$])console\s*\./, 'the console: a channel does not log'],
  [
    /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())|\bperformance\s*\.\s*now\b/,
    'the clock: time is passed in',
  ],
];

/** A channel translates; it never decides: no database, log, clock, environment or logger inside. */
export function pureChannels(tree: SourceTree): Violation[] {
  const channels = findPackages(tree).filter(({ folder }) => FOLDER.test(`${folder}/`));
  const imports = importsOf(channels).filter(({ file }) => !isTestFile(file));
  const imported = imports.flatMap(({ file, line, specifier }) => {
    const isForbidden =
      FORBIDDEN_PACKAGE.test(packageNameOf(specifier) ?? '') || FORBIDDEN_BUILTIN.test(specifier);
    return isForbidden
      ? [{ file: `${file}:${line}`, message: `a channel may not use \`${specifier}\`` }]
      : [];
  });
  const sources = channels.flatMap(({ sources }) => [...sources]).filter(([file]) => !isTestFile(file));
  return [...imported, ...sources.flatMap(([file, text]) => forbiddenCode(file, maskSource(text)))];
}

function forbiddenCode(file: string, code: string): Violation[] {
  return FORBIDDEN_CODE.flatMap(([pattern, what]) => {
    const at = code.search(pattern);
    if (at < 0) return [];
    const line = code.slice(0, at).split('\n').length;
    return [{ file: `${file}:${line}`, message: `a channel may not use ${what}` }];
  });
}

/** Every channel is laid out alike, so that who knows one knows all. */
export function channelShape(tree: SourceTree): Violation[] {
  return channelNames(tree).flatMap((name) => {
    const folder = `libs/channels/${name}`;
    const paths = [...tree.keys()].filter((path) => path.startsWith(`${folder}/`));
    const missing = ['package.json', 'src/index.ts', 'src/manifest.ts'].filter(
      (each) => !tree.has(`${folder}/${each}`),
    );
    const manifest = JSON.parse(tree.get(`${folder}/package.json`) ?? '{}') as { name?: string };
    const isContractTested = paths.some(
      (path) => path.endsWith('.spec.ts') && /\bchannelContract\(/.test(tree.get(path)!),
    );
    return [
      ...missing.map((each) => `a channel has ${each}`),
      ...(manifest.name === `@tributary/channel-${name}`
        ? []
        : [`the package is called @tributary/channel-${name}`]),
      ...(isContractTested ? [] : ['a spec runs channelContract() on the channel']),
    ].map((message) => ({ file: folder, message }));
  });
}

/** THE list names every folder once, and nothing else. */
export function registryNamesFolders(tree: SourceTree): Violation[] {
  const registry = tree.get(REGISTRY);
  if (registry === undefined) return [];
  const listed = findImports(registry)
    .map(({ specifier }) => /^@tributary\/channel-(?!sdk$|host$|registry$)(.+)$/.exec(specifier)?.[1])
    .filter((name) => name !== undefined);
  const folders = channelNames(tree);
  return [
    ...folders
      .filter((name) => !listed.includes(name))
      .map((name) => `libs/channels/${name} is not in the registry`),
    ...listed.filter((name) => !folders.includes(name)).map((name) => `no folder libs/channels/${name}`),
    ...listed
      .filter((name, at) => listed.indexOf(name) < at)
      .map((name) => `channel ${name} is listed twice`),
  ].map((message) => ({ file: REGISTRY, message }));
}

/** Folders with source files. */
function channelNames(tree: SourceTree): string[] {
  const names = [...tree.keys()].flatMap((path) => /^libs\/channels\/([^/]+)\/src\//.exec(path)?.[1] ?? []);
  return [...new Set(names)];
}
