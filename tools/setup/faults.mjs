/** `npm run faults -- <suite>`: install, Kafka, build, then the suite on Node 24. */
import { buildForFaults } from './build.mjs';
import { installPackages } from './install.mjs';
import { say } from './progress.mjs';
import { provideKafkaForServices } from './requirements.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

passSignalsOn();
try {
  await installPackages();
  await provideKafkaForServices();
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
