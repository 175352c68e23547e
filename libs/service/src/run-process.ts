export interface Running {
  /** Drains and ends everything; resolves when nothing is left running. */
  stop(): Promise<void>;
}

export interface ProcessDefinition<R extends Running> {
  /** How long a drain may take, counted from the signal; then the process ends anyway, with 1. */
  readonly drainMs: number;
  /** Starts everything. `fail` is for what nobody expected: the process drains what it can and ends with 1. */
  readonly start: (fail: (error: Error) => void) => Promise<R>;
  /** Told once it runs, unless it was asked to stop before. */
  readonly ready?: (running: R) => void;
}

/**
 * The life of a process: start, run until SIGINT, SIGTERM or a failure, drain, end. Asked to stop it ends with 0, also
 * when it is asked while it starts; a start that fails or a failure later ends with 1 and its reason on standard
 * error. A second signal changes nothing.
 */
export async function runProcess<R extends Running>({
  drainMs,
  start,
  ready,
}: ProcessDefinition<R>): Promise<never> {
  let asked = false;
  let exitCode = 0;
  const end = Promise.withResolvers<void>();
  const ask = () => {
    if (!asked) setTimeout(() => process.exit(1), drainMs).unref();
    asked = true;
    end.resolve();
  };
  const fail = (error: Error): void => {
    tell(error);
    exitCode = 1;
    ask();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  try {
    const running = await start(fail);
    if (!asked) ready?.(running);
    await end.promise;
    await running.stop();
  } catch (error) {
    tell(error);
    exitCode = 1;
  }
  process.exit(exitCode);
}

/** An error with a code says all in its message; of a bug we need to know where. */
function tell(error: unknown): void {
  const { code, message, stack } = error as Error & { readonly code?: string };
  process.stderr.write(`${(code === undefined ? stack : undefined) ?? message ?? String(error)}\n`);
}
