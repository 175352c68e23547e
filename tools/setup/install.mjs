import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { step } from './progress.mjs';
import { mustRun } from './run.mjs';
import { inside } from './workspace.mjs';

/** Inside node_modules, so that it goes when they go: a half-finished `npm ci` leaves no stamp behind. */
const stamp = () => inside('node_modules', '.tributary-install');

/** Runs `npm ci` when node_modules is missing or was installed from another lock file. */
export async function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(inside('package-lock.json')))
    .digest('hex');
  if (existsSync(stamp()) && readFileSync(stamp(), 'utf8') === wanted) return;
  await step('install: npm ci', () => npmCi());
  writeFileSync(stamp(), wanted);
}

/**
 * `npm ci` deletes node_modules, in which the Node that runs us may live; so npm is run by the Node that runs the
 * outer npm, and found without the folder of local commands. `--include=dev`: NODE_ENV=production would leave the
 * compiler out.
 */
function npmCi() {
  const local = inside('node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== local);
  const env = { ...process.env, PATH: path.join(delimiter) };
  const args = ['ci', '--include=dev', '--no-progress', '--loglevel=error'];
  const { npm_node_execpath: node, npm_execpath: npm } = process.env;
  return node && npm ? mustRun(node, [npm, ...args], { env }) : mustRun('npm', args, { env });
}
