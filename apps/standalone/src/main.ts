import 'reflect-metadata';
import { parseConfig, processEnvironment } from '@tributary/runtime';
import { Home } from './home.js';
import { type RunningStandalone, startStandalone } from './standalone.js';
import { StandaloneConfig } from './standalone.config.js';

/** How long a drain may take before the process ends anyway. */
const DRAIN_MS = 9000;

async function main(): Promise<void> {
  let running: RunningStandalone | undefined;
  let stopping: Promise<never> | undefined;
  let home: Home | undefined;

  const end = (code: number): Promise<never> => {
    stopping ??= (async () => {
      setTimeout(() => process.exit(1), DRAIN_MS).unref();
      await running?.stop();
      await home?.release();
      process.exit(code);
    })();
    return stopping;
  };
  const fail = (error: Error): void => {
    process.stderr.write(`stopping: ${error.stack ?? error.message}\n`);
    void end(1);
  };
  let asked = false;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      asked = true;
      if (running) void end(0);
    });
  }

  const config = parseConfig(StandaloneConfig, processEnvironment());
  home = await Home.open(config.TRIBUTARY_HOME);
  try {
    running = await startStandalone(config, home, (line) => process.stdout.write(`${line}\n`), fail);
  } catch (error) {
    await home.release();
    throw error;
  }
  if (asked) return end(0);
  process.stdout.write(
    `ready ${running.url}\n` +
      `sign in once with this link: ${running.signInUrl}\n` +
      `log: ${home.logFile}; stop with Ctrl-C\n`,
  );
}

main().catch((error: Error & { code?: string }) => {
  process.stderr.write(`${error.code === undefined ? (error.stack ?? error.message) : error.message}\n`);
  process.exit(1);
});
