import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './progress.mjs';
import { mustRun } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

const stamp = () => inside('node_modules', '.tributary-build');
const NOT_SOURCE = new Set(['node_modules', 'fixtures']);

/** Builds every package. Nx's cache makes an unchanged one cheap. */
export function buildAll() {
  return step('build: everything', () => nx(['run-many', '-t', 'build']));
}

/**
 * Builds what `npm start` runs. Even a build that is all cache costs Nx seconds, so it is not asked when the sources
 * are those of the last build and everything it made is still there.
 */
export async function buildForStart() {
  const before = readSources();
  const last = existsSync(stamp()) ? JSON.parse(readFileSync(stamp(), 'utf8')) : undefined;
  if (last?.sources === before.hash && last.results.every((folder) => existsSync(folder))) return;
  const projects = ['@tributary/app-standalone', '@tributary/app-console'];
  await step('build: standalone and console', () =>
    nx(['run-many', '-t', 'build', '-p', projects.join(',')]),
  );
  writeFileSync(stamp(), JSON.stringify({ sources: before.hash, results: readSources().results }));
}

function nx(args) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', FORCE_COLOR: '0' };
  return mustRun(node24(), [inside('node_modules', 'nx', 'dist', 'bin', 'nx.js'), ...args], { env });
}

/** Contents rather than times: a branch switched back and forth needs no new build. */
function readSources() {
  const hash = createHash('sha256');
  const results = [];
  for (const file of ['package-lock.json', 'nx.json', 'tsconfig.base.json'])
    hash.update(readFileSync(inside(file)));
  for (const folder of ['apps', 'libs']) readFolder(inside(folder), hash, results);
  return { hash: hash.digest('hex'), results };
}

function readFolder(folder, hash, results) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === 'dist') results.push(path);
    else if (entry.isDirectory() && !NOT_SOURCE.has(entry.name)) readFolder(path, hash, results);
    else if (entry.isFile() && !/\.spec\.tsx?$/.test(entry.name)) {
      hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
    }
  }
}
