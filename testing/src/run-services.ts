import 'reflect-metadata';
import { parseConfig, processEnvironment } from '@tributary/runtime';
import { runProcess } from '@tributary/service';
import { type RunningServices, startServices } from './services.js';
import { ServicesConfig } from './services.config.js';

/** What `npm run start:services` runs. `--embedded-log` keeps the log in the database: no Kafka, no Java. */
const STOP_MS = 30_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runProcess<RunningServices>({
  drainMs: STOP_MS,
  start() {
    const args = process.argv.slice(2);
    const unknown = args.find((arg) => arg !== '--embedded-log');
    if (unknown !== undefined) throw new Error(`unknown argument ${unknown}; there is --embedded-log`);
    const config = parseConfig(ServicesConfig, processEnvironment());
    const brokers = config.KAFKA_BROKERS;
    return startServices({
      home: config.TRIBUTARY_HOME,
      kafka: args.includes('--embedded-log') ? 'embedded' : brokers === undefined ? 'start' : { brokers },
      databaseUrl: config.DATABASE_URL,
      publicUrl: config.TRIBUTARY_PUBLIC_URL,
      masterKey: config.TRIBUTARY_MASTER_KEY,
      host: config.HOST,
      ports: { gateway: config.PORT, smtp: config.SMTP_PORT },
      logLevel: config.LOG_LEVEL,
      say,
    });
  },
  ready({ url, signInUrl, processes }) {
    say(`ready ${url}`);
    say(`sign in once with this link: ${signInUrl}`);
    for (const { name, pid, port } of Object.values(processes)) say(`${name}: process ${pid}, port ${port}`);
    say('stop with Ctrl-C');
  },
});
