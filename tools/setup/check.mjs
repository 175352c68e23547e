/** `npm run check`: every check, one line each, all of them even when one fails; ends with `N passed, N failed`. */
import { existsSync } from 'node:fs';
import { installPackages } from './install.mjs';
import { say, secondsSince } from './progress.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { JEST_NODE_FLAGS, inside, node24 } from './workspace.mjs';

passSignalsOn();
const checks = {
  format: () => tool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']),
  lint: () =>
    tool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings', '--report-unused-disable-directives']),
  boundaries: () => tool('jest/bin/jest.js', ['--silent', 'tools/arch'], JEST_NODE_FLAGS),
  types: () => types(),
  'dead code': () => tool('knip/bin/knip.js', ['--no-progress']),
};
let passed = 0;
let failed = 0;
try {
  await installPackages();
  for (const [name, check] of Object.entries(checks)) {
    if (stopSignal()) break;
    await report(name, check);
  }
} catch (error) {
  say(error.message);
  failed += 1;
}
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || stopSignal() ? 1 : 0;

async function report(name, check) {
  const start = performance.now();
  const { exitCode, output } = await check();
  say(`${exitCode === 0 ? 'ok    ' : 'failed'} ${name}, ${secondsSince(start)}`);
  if (exitCode === 0) passed += 1;
  else {
    failed += 1;
    say(output.trimEnd());
  }
}

function tool(path, args, nodeArgs = []) {
  // Colours are for terminals, and what a tool prints is shown only when it fails.
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return run(node24(), [...nodeArgs, inside('node_modules', path), ...args], { env });
}

/**
 * One program for all that runs on Node, specs and all, sources instead of builds; the console has its own, because
 * the browser's globals must not be known to a server.
 */
async function types() {
  const console = inside('apps', 'console', 'tsconfig.json');
  const projects = [inside('tsconfig.json'), ...(existsSync(console) ? [console] : [])];
  const results = [];
  for (const project of projects) results.push(await tool('typescript/bin/tsc', ['--noEmit', '-p', project]));
  return {
    exitCode: Math.max(...results.map(({ exitCode }) => exitCode)),
    output: results.map(({ output }) => output).join(''),
  };
}
