import { findPackages, isConfigFile, type Package } from './packages.js';
import { maskSource } from './source-scanner.js';
import type { SourceTree, Violation } from './source-tree.js';

const LARGEST_FILE = 400;
/** Roles that Nest, TypeORM, the browser, the compiler or the test runner give a file. The list is closed: a new one is argued for. */
const ROLES =
  /^(?:controller|service|module|guard|filter|interceptor|pipe|decorator|middleware|strategy|entity|repository|dto|step|errors|worker|config|d)$/;
const SPECS = /(?:^|\.)(?:(?:integration|e2e)\.)?spec$/;
const SAYS_NOTHING = /^(?:utils?|helpers?|common|base|manager|misc)$/;
/** Where the environment is read: the one schema of the product, what starts processes, and where tests look. */
const READS_ENVIRONMENT =
  /^(?:libs\/runtime\/src\/config(?:-[a-z-]+)?\.ts|libs\/runtime\/src\/config\/|libs\/[a-z-]+\/src\/testing\/|tools\/setup\/|testing\/src\/|e2e\/|bench\/)/;

/** One door a package, besides the one for tests; a second index hides what is exported. */
export function oneIndex(tree: SourceTree): Violation[] {
  return findPackages(tree).flatMap(({ folder, key, sources, manifest }) => {
    const indexes = [...sources.keys()].filter((path) => /(?:^|\/)index\.tsx?$/.test(path));
    const doors = [`${folder}/src/index.ts`];
    if ('./testing' in (manifest.exports ?? {})) doors.push(`${folder}/src/testing/index.ts`);
    const isLib =
      folder.startsWith('libs/') && [...sources.keys()].some((path) => path.startsWith(`${folder}/src/`));
    const missing = isLib && !indexes.includes(doors[0]!);
    return [
      ...(missing ? [{ file: folder, message: `\`${key}\` has no src/index.ts` }] : []),
      ...indexes
        .filter((path) => folder !== '' && !doors.includes(path))
        .map((file) => ({ file, message: `a second index: \`${key}\` has one, src/index.ts` })),
    ];
  });
}

/** `name.role.ts` in kebab-case; a React component may have its own name, `Name.tsx`. */
export function fileNames(tree: SourceTree): Violation[] {
  return sourceFiles(tree).flatMap(([file]) => {
    const [name = '', ...suffixes] = file.split('/').at(-1)!.split('.').slice(0, -1);
    const role = suffixes.join('.').replace(SPECS, '');
    const isNamed =
      /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || (file.endsWith('x') && /^[A-Z][A-Za-z0-9]*$/.test(name));
    return [
      ...(isNamed ? [] : [{ file, message: `\`${name}\` is not in kebab-case` }]),
      ...(role === '' || ROLES.test(role)
        ? []
        : [{ file, message: `\`.${role}\` is not in the closed list of roles` }]),
    ];
  });
}

/** Names under which anything can hide. */
export function namesThatSay(tree: SourceTree): Violation[] {
  return sourceFiles(tree).flatMap(([file]) => {
    const words = file.split('/').map((part) => part.split('.')[0]!);
    const last = words.map((word) => word.split('-').at(-1)!);
    const empty = [...words, ...last].find((word) => SAYS_NOTHING.test(word));
    return empty ? [{ file, message: `\`${empty}\` says nothing: name the file after what it holds` }] : [];
  });
}

/** A file tells one story; past the cap it tells two. */
export function fileLength(tree: SourceTree): Violation[] {
  return sourceFiles(tree).flatMap(([file, text]) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > LARGEST_FILE ? [{ file, message: `${lines} lines, the end is ${LARGEST_FILE}` }] : [];
  });
}

/** An import should carry the name that the exporting file gives. */
export function noDefaultExports(tree: SourceTree): Violation[] {
  const pattern = /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/;
  return sourceFiles(tree)
    .filter(([file]) => !isConfigFile(file))
    .flatMap(([file, text]) => firstMatch(file, text, pattern, 'default export: use a named one'));
}

/** Config is parsed once a process by one schema; nothing else reads the environment. */
export function environmentInOnePlace(tree: SourceTree): Violation[] {
  return sourceFiles(tree)
    .filter(([file]) => !READS_ENVIRONMENT.test(file) && !isConfigFile(file))
    .flatMap(([file, text]) =>
      firstMatch(
        file,
        text,
        /\bprocess\s*\.\s*env\b|\bprocess\s*\[|\benv\b[^;=]*\}\s*=\s*process\b/,
        'reads the environment: only the schema of libs/runtime does',
      ),
    );
}

/** Unions of strings say the same in the code, in JSON and in the database. */
export function noEnums(tree: SourceTree): Violation[] {
  return sourceFiles(tree).flatMap(([file, text]) =>
    firstMatch(file, text, /\benum\s+[A-Za-z_$][\w$]*\s*\{/, 'enum: use a union of strings'),
  );
}

/** `IThing` is the language's business, not the name's. */
export function noInterfacePrefix(tree: SourceTree): Violation[] {
  return sourceFiles(tree).flatMap(([file, text]) =>
    firstMatch(file, text, /\b(?:interface|type)\s+I[A-Z][a-z]\w*/, 'the `I` prefix says nothing'),
  );
}

/** Migrations are the only way to change a schema. */
export function noSynchronize(tree: SourceTree): Violation[] {
  const pattern = /\bsynchronize\b['"]?\s*[:=](?!\s*false\b)/;
  return sourceFiles(tree).flatMap(([file, text]) =>
    firstMatch(file, text, pattern, 'TypeORM may not change the schema: migrations do'),
  );
}

function firstMatch(file: string, text: string, pattern: RegExp, message: string): Violation[] {
  const code = maskSource(text);
  const at = code.search(pattern);
  return at < 0 ? [] : [{ file: `${file}:${code.slice(0, at).split('\n').length}`, message }];
}

/** Source files of all packages, without what a tool generated. */
function sourceFiles(tree: SourceTree): [string, string][] {
  const all: Package[] = findPackages(tree);
  return all
    .flatMap(({ sources }) => [...sources])
    .filter(([file]) => !/\.gen\.tsx?$|\/generated\//.test(file));
}
