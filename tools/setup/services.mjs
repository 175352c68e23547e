/** `npm run start:services`: install, build, then every app as its own process on Kafka and PostgreSQL. */
import { buildForServices } from './build.mjs';
import { installPackages } from './install.mjs';
import { say } from './progress.mjs';
import { provideKafkaForServices } from './requirements.mjs';
import { passSignalsOn, run, stopSignal } from './run.mjs';
import { inside, node24 } from './workspace.mjs';

passSignalsOn();
const args = process.argv.slice(2);
try {
  await installPackages();
  if (!args.includes('--embedded-log') && !process.env.KAFKA_BROKERS) await provideKafkaForServices();
  if (!stopSignal()) await buildForServices();
  if (!stopSignal()) {
    const main = inside('testing', 'dist', 'run-services.js');
    const { exitCode } = await run(node24(), [main, ...args], { show: true });
    process.exitCode = exitCode;
  }
} catch (error) {
  if (!stopSignal()) {
    say(error.message);
    process.exitCode = 1;
  }
}
