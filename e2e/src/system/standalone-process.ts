import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../apps/standalone/dist/main.js', import.meta.url));
/** Making a database and the demo workspace takes seconds; a busy machine takes many. */
const READY_MS = 120_000;

export interface StandaloneSettings {
  /** Folder of all data. */
  readonly home: string;
  readonly port: number;
  readonly smtpPort: number;
  /** Simulators that stand for providers: `https://the.provider=http://127.0.0.1:1234`, blanks between. */
  readonly providerOrigins?: string;
  /** A PostgreSQL of the caller's; one of its own in `home` when absent. */
  readonly databaseUrl?: string;
  /** Where people and providers reach it, when that is not its own port. */
  readonly publicUrl?: string;
}

/** What a process did that came to its end. */
export interface Ended {
  /** Null when it died of a signal. */
  readonly code: number | null;
  readonly output: string;
}

/** The product as people start it: one process, spoken to by its ports, its signals and what it prints. */
export class StandaloneProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(settings: StandaloneSettings) {
    this.#child = spawn(process.execPath, [MAIN], {
      env: {
        ...withoutTestFlags(process.env),
        PORT: String(settings.port),
        SMTP_PORT: String(settings.smtpPort),
        TRIBUTARY_HOME: settings.home,
        ...(settings.providerOrigins ? { PROVIDER_ORIGINS: settings.providerOrigins } : {}),
        ...(settings.databaseUrl ? { DATABASE_URL: settings.databaseUrl } : {}),
        ...(settings.publicUrl ? { TRIBUTARY_PUBLIC_URL: settings.publicUrl } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code) => resolve({ code, output: this.#output }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
    this.#child.kill(name);
  }

  /** @returns what the process says when it is ready. @throws Error with its output when it ends instead. */
  async ready(): Promise<{ readonly url: string; readonly signInUrl: string }> {
    const started = performance.now();
    while (performance.now() - started < READY_MS) {
      const url = /^ready (\S+)$/m.exec(this.#output)?.[1];
      const signInUrl = /(\S+\/sign-in\?token=\S+)$/m.exec(this.#output)?.[1];
      if (url && signInUrl) return { url, signInUrl };
      if (this.#child.exitCode !== null) break;
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
    throw new Error(`the system did not become ready: ${this.#output}`);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Flags of the test runner are none of the product's business. */
function withoutTestFlags({ NODE_OPTIONS: _ignored, ...environment }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return environment;
}
