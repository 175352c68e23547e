/** `npm run bench -- <suite>`: install, build, then the suite on Node 24. Without an argument it says what there is. */
import { buildForBench } from './build.mjs';
import { installPackages } from './install.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { provideBrowser, provideKafkaForServices } from './requirements.mjs';
import { inside, node24 } from './workspace.mjs';

passSignalsOn();
const args = process.argv.slice(2);
try {
  // Standard output is the suite's: with `--json` it is one line.
  console.log = console.error;
  await installPackages();
  if (args.includes('console')) await provideBrowser();
  if (args.includes('services')) await provideKafkaForServices();
  if (!stopSignal()) await buildForBench();
  if (!stopSignal()) {
    const { exitCode } = await run(node24(), [inside('bench', 'dist', 'run-bench.js'), ...args], {
      show: true,
    });
    process.exitCode = exitCode;
  }
} catch (error) {
  if (!stopSignal()) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
