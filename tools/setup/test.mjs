/** `npm test [-- jest arguments]`: provides what tests need, runs them, ends with `N passed, N failed`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { installPackages } from './install.mjs';
import { say, step } from './progress.mjs';
import { provideRequirements } from './requirements.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { JEST_NODE_FLAGS, inside, node24 } from './workspace.mjs';

/** Specs that start what they need themselves say nothing about the mode. */
const SERVICES_MODE = ['e2e/src', '--testPathIgnorePatterns', 'e2e/src/(life-cycle|demo|screenshots|teeth)'];

passSignalsOn();
const jest = [...JEST_NODE_FLAGS, inside('node_modules', 'jest', 'bin', 'jest.js'), '--maxWorkers=2'];
let passed = 0;
let failed = 0;
let complete = true;
try {
  await installPackages();
  complete = (await provideRequirements()) === 0;
  if (!stopSignal()) await build();
  const args = process.argv.slice(2);
  if (!stopSignal()) await runJest(args);
  // The same end-to-end suite once more, with every service in a process of its own on Kafka.
  const again = args.length === 0 && existsSync(inside('e2e', 'src'));
  if (!stopSignal() && again) await runJest(SERVICES_MODE, { TRIBUTARY_E2E_MODE: 'services' });
} catch (error) {
  say(error.message);
  failed += 1;
}
if (!complete) say('not complete: this machine lacks what the lines above name');
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 || !complete || stopSignal() ? 1 : 0;

/** A build that fails is one failure, and the tests that need no build still have their say. */
async function build() {
  try {
    await step('build: everything', buildAll);
  } catch (error) {
    say(error.message);
    failed += 1;
  }
}

async function runJest(args, environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  const results = join(folder, 'results.json');
  try {
    const { exitCode } = await run(node24(), [...jest, '--json', `--outputFile=${results}`, ...args], {
      show: true,
      env: { ...process.env, ...environment },
    });
    const counted = existsSync(results)
      ? count(JSON.parse(readFileSync(results, 'utf8')))
      : { passed: 0, failed: 0 };
    passed += counted.passed;
    failed += counted.failed;
    // Jest also fails for what is no test: no test found, a crash, a coverage bound.
    if (exitCode !== 0 && counted.failed === 0) failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tests, not files; but a file that could not run hides an unknown number of tests and counts as one failure. */
function count(results) {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
  };
}
