/** `npm run faults -- <suite>`: install, what the suite needs, build, then the suite on Node 24. */
import { buildForFaults } from './build.mjs';
import { installPackages } from './install.mjs';
import { say } from './progress.mjs';
import { provideKafkaForServices, provideMailServers } from './requirements.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

passSignalsOn();
try {
  await installPackages();
  await (process.argv[2] === 'teeth' ? provideMailServers() : provideKafkaForServices());
  if (!stopSignal()) await buildForFaults();
  if (!stopSignal()) {
    const suite = inside('e2e', 'dist', 'faults', 'run-faults.js');
    const { exitCode } = await run(node24(), [suite, ...process.argv.slice(2)], { show: true });
    process.exitCode = exitCode;
  }
} catch (error) {
  if (!stopSignal()) {
    say(error.message);
    process.exitCode = 1;
  }
}
