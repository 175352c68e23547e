import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServiceProcessOptions {
  readonly name: string;
  /** What Node runs. */
  readonly program: string;
  /** What Node is told before it. */
  readonly nodeArgs?: readonly string[];
  /** The whole environment of the process; nothing else gets in. */
  readonly environment: Readonly<Record<string, string>>;
  /** HTTP, on 127.0.0.1. */
  readonly port: number;
  /** Its output is appended there. */
  readonly logFile: string;
  /** Told when it ended by itself and what happens now. */
  readonly say: (line: string) => void;
}

const READY_MS = 60_000;
const LOOK_MS = 50;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;
/** One that lived so long is not in a loop of crashes. */
const STABLE_MS = 5000;

/** A service as a process that is started again when it dies. */
export class ServiceProcess {
  readonly #options: ServiceProcessOptions;
  #child: ChildProcess | undefined;
  #stopping = false;
  #pauseMs = FIRST_PAUSE_MS;
  #restarts = 0;
  #nodeArgs: readonly string[];
  #living: Promise<void> | undefined;

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
    this.#nodeArgs = options.nodeArgs ?? [];
  }

  get name(): string {
    return this.#options.name;
  }

  get port(): number {
    return this.#options.port;
  }

  /** Of the process that lives now; undefined between two. */
  get pid(): number | undefined {
    const child = this.#child;
    return child && isAlive(child) ? child.pid : undefined;
  }

  /** How many times it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  async start(): Promise<void> {
    await mkdir(dirname(this.#options.logFile), { recursive: true });
    this.#child = await this.#spawn();
    this.#living = this.#keepAlive(this.#child);
  }

  /** Resolves when it answers that it is ready. Rejects when it does not within a minute; its log says why. */
  async ready(): Promise<void> {
    const { name, port, logFile } = this.#options;
    const end = performance.now() + READY_MS;
    for (;;) {
      if (this.pid !== undefined && (await answers(`http://127.0.0.1:${port}/health/ready`))) return;
      if (this.#stopping) throw new Error(`${name} was stopped before it was ready`);
      if (performance.now() > end) throw new Error(`${name} is not ready; its log is ${logFile}`);
      await sleep(LOOK_MS);
    }
  }

  /** Sends a signal to the process that lives now. @returns its pid; undefined between two. */
  kill(signal: NodeJS.Signals): number | undefined {
    const { pid } = this;
    this.#child?.kill(signal);
    return pid;
  }

  /** Asks it to drain, waits, and ends it after `graceMs`. @returns whether it ended by itself, with 0. */
  async stop(graceMs: number): Promise<boolean> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || !isAlive(child)) {
      await this.#living;
      return true;
    }
    const ended = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    const [code] = await ended;
    clearTimeout(timer);
    await this.#living;
    return code === 0;
  }

  /**
   * Ends it in order and begins it anew, from now on with these arguments before its program. Resolves when it is
   * ready; rejects as `ready` does.
   */
  async restart(nodeArgs: readonly string[], graceMs: number): Promise<void> {
    await this.stop(graceMs);
    this.#stopping = false;
    this.#nodeArgs = nodeArgs;
    await this.start();
    await this.ready();
  }

  async #spawn(): Promise<ChildProcess> {
    const { program, environment, logFile } = this.#options;
    const log = await open(logFile, 'a', 0o600);
    try {
      const args = ['--disable-warning=TimeoutNegativeWarning', ...this.#nodeArgs, program];
      return spawn(process.execPath, args, {
        env: environment,
        stdio: ['ignore', log.fd, log.fd],
        // Ctrl-C in the terminal must not reach it: it would stop before those that it needs are asked to.
        detached: true,
      });
    } finally {
      await log.close();
    }
  }

  async #keepAlive(first: ChildProcess): Promise<void> {
    for (let child = first; ;) {
      const startedAt = performance.now();
      const [code, signal] = isAlive(child)
        ? ((await once(child, 'exit')) as [number | null, NodeJS.Signals | null])
        : [child.exitCode, child.signalCode];
      if (this.#stopping) return;
      if (performance.now() - startedAt > STABLE_MS) this.#pauseMs = FIRST_PAUSE_MS;
      const how = signal ?? `exit code ${code}`;
      this.#options.say(`${this.name} ended (${how}), starts again in ${this.#pauseMs / 1000} s`);
      await sleep(this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      if (this.#stopping) return;
      child = await this.#spawn();
      this.#child = child;
      this.#restarts += 1;
    }
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}
