/** `npm run reconcile`: what was accepted against what is stored, in the system that runs on this machine. */
import { buildForStart } from './build.mjs';
import { installPackages } from './install.mjs';
import { say } from './progress.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

passSignalsOn();
try {
  await installPackages();
  if (!stopSignal()) await buildForStart();
  if (!stopSignal()) {
    const main = inside('apps', 'standalone', 'dist', 'reconcile.js');
    const { exitCode } = await run(node24(), [main, ...process.argv.slice(2)], { show: true });
    process.exitCode = exitCode;
  }
} catch (error) {
  if (!stopSignal()) {
    say(error.message);
    process.exitCode = 2;
  }
}
