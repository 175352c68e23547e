import 'reflect-metadata';
import { parseConfig, processEnvironment } from '@tributary/runtime';
import { Home, type Running, runProcess } from '@tributary/service';
import { startStandalone } from './standalone.js';
import { StandaloneConfig } from './standalone.config.js';

/** `npm start` is left within 10 s. */
const DRAIN_MS = 9000;

interface Started extends Running {
  readonly url: string;
  readonly signInUrl: string;
  readonly logFile: string;
}

await runProcess<Started>({
  drainMs: DRAIN_MS,
  async start(fail) {
    const config = parseConfig(StandaloneConfig, processEnvironment());
    const home = await Home.open(config.TRIBUTARY_HOME);
    try {
      const running = await startStandalone(config, home, (line) => process.stdout.write(`${line}\n`), fail);
      const stop = async () => {
        try {
          await running.stop();
        } finally {
          await home.release();
        }
      };
      return { ...running, logFile: home.logFile, stop };
    } catch (error) {
      await home.release();
      throw error;
    }
  },
  ready({ url, signInUrl, logFile }) {
    process.stdout.write(
      `ready ${url}\nsign in once with this link: ${signInUrl}\nlog: ${logFile}; stop with Ctrl-C\n`,
    );
  },
});
