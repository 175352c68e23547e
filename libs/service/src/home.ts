import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { MasterKey } from '@tributary/directory';

export class HomeInUseError extends Error {
  readonly code = 'ALREADY_RUNNING';
}

export interface Secrets {
  readonly postgresPassword: string;
  readonly masterKey: string;
}

/** Of this process; its own number in a lock file says nothing, a killed process may have had the same. */
const HELD = new Set<string>();

/** The folder of all data: what is where in it, and that one process uses it at a time. */
export class Home {
  private constructor(readonly folder: string) {}

  /** @throws HomeInUseError that names the process which has it. */
  static async open(folder: string): Promise<Home> {
    const home = new Home(resolve(folder));
    await mkdir(home.folder, { recursive: true, mode: 0o755 });
    await home.#lock();
    return home;
  }

  /** Looks at a folder that another process may use. @returns undefined when nothing was ever kept there. */
  static async look(folder: string): Promise<{ readonly home: Home; readonly secrets: Secrets } | undefined> {
    const home = new Home(resolve(folder));
    const secrets = await home.#storedSecrets();
    return secrets && { home, secrets };
  }

  get postgres(): string {
    return join(this.folder, 'postgres');
  }

  get objects(): string {
    return join(this.folder, 'objects');
  }

  /** Where the log's brokers are told while services run on this folder; absent when the database has the log. */
  get brokersFile(): string {
    return join(this.folder, 'brokers');
  }

  get logFile(): string {
    return join(this.folder, 'tributary.log');
  }

  /** Made at the first start, readable by the owner alone. */
  async secrets(): Promise<Secrets> {
    const stored = await this.#storedSecrets();
    if (stored !== undefined) return stored;
    const made: Secrets = {
      postgresPassword: randomBytes(24).toString('base64url'),
      masterKey: MasterKey.generate(),
    };
    await writeFile(this.#secretsPath, `${JSON.stringify(made)}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  }

  async release(): Promise<void> {
    await rm(this.#lockPath, { force: true });
    HELD.delete(this.folder);
  }

  async #storedSecrets(): Promise<Secrets | undefined> {
    const stored = await readFile(this.#secretsPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return stored === undefined ? undefined : (JSON.parse(stored) as Secrets);
  }

  get #secretsPath(): string {
    return join(this.folder, 'secrets.json');
  }

  get #lockPath(): string {
    return join(this.folder, 'running.pid');
  }

  async #lock(): Promise<void> {
    for (;;) {
      const file = await open(this.#lockPath, 'wx').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return undefined;
        throw error;
      });
      if (file) {
        await file.writeFile(`${process.pid}\n${process.argv[1] ?? ''}\n`);
        await file.close();
        HELD.add(this.folder);
        return;
      }
      const [first, program = ''] = (await readFile(this.#lockPath, 'utf8').catch(() => '')).split('\n');
      const pid = Number(first);
      if (HELD.has(this.folder) || (pid && pid !== process.pid && (await runs(pid, program)))) {
        throw new HomeInUseError(
          `Tributary runs already on ${this.folder} (process ${pid}). Stop it first, or set TRIBUTARY_HOME.`,
        );
      }
      await rm(this.#lockPath, { force: true });
    }
  }
}

/** A killed process leaves its number behind, and the system may have given it to somebody else since. */
async function runs(pid: number, program: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  // By the file's name: it may have been started by a relative path.
  return command === undefined || command.includes(basename(program));
}
