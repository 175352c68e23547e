/** `npm run check`: every check, one line each, all of them even when one fails; ends with `N passed, N failed`. */
import { buildAll } from './build.mjs';
import { installPackages } from './install.mjs';
import { say, secondsSince } from './progress.mjs';
import { mustRun, passSignalsOn, stopSignal } from './run.mjs';
import { JEST_NODE_FLAGS, inside, node24 } from './workspace.mjs';

passSignalsOn();
const checks = {
  // First: the linter and the console see the types of other packages as their builds declare them.
  build: buildAll,
  format: () => tool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']),
  lint: () =>
    tool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings', '--report-unused-disable-directives']),
  boundaries: () => tool('jest/bin/jest.js', ['--silent', 'tools/arch'], JEST_NODE_FLAGS),
  types: () => types('tsconfig.json'),
  // Apart from the rest, because a server must not know the browser's globals.
  'types of the console': () => types('apps/console/tsconfig.json'),
  'types of the chat widget': () => types('apps/chat-widget/tsconfig.json'),
  'dead code': () => tool('knip/bin/knip.js', ['--no-progress', '--no-config-hints']),
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
  try {
    await check();
    passed += 1;
    say(`ok     ${name}, ${secondsSince(start)}`);
  } catch (error) {
    failed += 1;
    say(`failed ${name}, ${secondsSince(start)}\n${error.message}`);
  }
}

function tool(path, args, nodeArgs = []) {
  // What a tool prints is shown only when it fails, and may end in a log: no colours.
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return mustRun(node24(), [...nodeArgs, inside('node_modules', path), ...args], { env });
}

/** Specs and all, from the sources. */
function types(project) {
  return tool('typescript/bin/tsc', ['--noEmit', '-p', inside(project)]);
}
