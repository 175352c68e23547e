import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './progress.mjs';
import { mustRun } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

const SERVICES = [
  'gateway',
  'email-ingest',
  'voice-ingest',
  'wechat-ingest',
  'tickets',
  'router',
  'console',
  'standalone',
].map((name) => `app-${name}`);
const NOT_SOURCE = new Set(['node_modules', 'fixtures']);

/** Builds every package; an unchanged one comes from Nx's cache. Rejects with what Nx printed. */
export function buildAll() {
  return nx(['run-many', '-t', 'build']);
}

/** Builds what `npm start` runs. */
export function buildForStart() {
  return buildOnce('.tributary-build', 'standalone and console', ['app-standalone', 'app-console']);
}

/** Builds what `npm run start:services` runs. */
export function buildForServices() {
  return buildOnce('.tributary-build-services', 'services and console', [...SERVICES, 'testing']);
}

/** Builds what `npm run bench` measures, and the bench. */
export function buildForBench() {
  return buildOnce('.tributary-build-bench', 'services, console and bench', [...SERVICES, 'bench']);
}

/** Builds what `npm run faults` runs. */
export function buildForFaults() {
  return buildOnce('.tributary-build-faults', 'services, console and faults', [...SERVICES, 'e2e']);
}

/** Builds what `npm run demo` runs. */
export function buildForDemo() {
  return buildOnce('.tributary-build-demo', 'demo', ['e2e']);
}

/**
 * Even a build that is all cache costs Nx seconds, so it is not asked when the sources are those of the last build
 * and everything it made is still there.
 */
async function buildOnce(stampName, what, packages) {
  const stamp = inside('node_modules', stampName);
  const before = readSources();
  const last = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : undefined;
  if (last?.sources === before.hash && last.results.every((folder) => existsSync(folder))) return;
  const projects = packages.map((name) => `@tributary/${name}`).join(',');
  await step(`build: ${what}`, () => nx(['run-many', '-t', 'build', '-p', projects]));
  writeFileSync(stamp, JSON.stringify({ sources: before.hash, results: readSources().results }));
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
  for (const folder of ['apps', 'libs', 'testing', 'e2e', 'bench'].filter((name) => existsSync(inside(name))))
    readFolder(inside(folder), hash, results);
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
