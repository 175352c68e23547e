/**
 * `npm run demo [-- --json] [-- --link <sign-in link>]`: real traffic through the system that runs. With `-- --channels
 * all` on every channel, through a system of its own that knows the vendors' simulators.
 */
import { buildForDemo, buildForStart } from './build.mjs';
import { installPackages } from './install.mjs';
import { say } from './progress.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

passSignalsOn();
try {
  await installPackages();
  if (!stopSignal()) await buildForDemo();
  if (!stopSignal() && process.argv.some((arg) => arg.startsWith('--channels'))) await buildForStart();
  if (!stopSignal()) {
    const main = inside('e2e', 'dist', 'demo', 'main.js');
    const { exitCode } = await run(node24(), [main, ...process.argv.slice(2)], { show: true });
    process.exitCode = exitCode;
  }
} catch (error) {
  if (!stopSignal()) {
    say(error.message);
    process.exitCode = 1;
  }
}
