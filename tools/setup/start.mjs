/** `npm start`: install, build, then everything in one process on Node 24. Needs Node 20.19 and npm, nothing else. */
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
    const main = inside('apps', 'standalone', 'dist', 'main.js');
    const { exitCode } = await run(node24(), [main, ...process.argv.slice(2)], { show: true });
    process.exitCode = exitCode;
  }
} catch (error) {
  // Whoever stops it while it still builds asked for the end and gets it: that is no failure.
  if (!stopSignal()) {
    say(error.message);
    process.exitCode = 1;
  }
}
