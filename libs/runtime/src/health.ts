/** What a service depends on; each check answers in time or counts as failed. */
export type HealthCheck = () => Promise<void> | void;

export interface HealthReport {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

/** Named checks of a process. Ready = all pass and the process is not draining. */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();
  #draining = false;

  /** @throws Error when the name is taken: two checks under one name would hide each other. */
  add(name: string, check: HealthCheck): void {
    if (this.#checks.has(name)) throw new Error(`health check ${name} exists`);
    this.#checks.set(name, check);
  }

  /** From now on not ready: the load balancer sends nothing new. */
  drain(): void {
    this.#draining = true;
  }

  /** @param timeoutMs a check that takes longer counts as failed; 2,000 by default. */
  async ready(timeoutMs = 2000): Promise<HealthReport> {
    const checks: Record<string, 'ok' | 'failed'> = this.#draining ? { draining: 'failed' } : {};
    await Promise.all(
      [...this.#checks].map(async ([name, check]) => {
        checks[name] = await within(timeoutMs, check).then(
          () => 'ok' as const,
          () => 'failed' as const,
        );
      }),
    );
    return { ok: Object.values(checks).every((state) => state === 'ok'), checks };
  }
}

async function within(ms: number, check: HealthCheck): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), ms);
  });
  try {
    await Promise.race([Promise.resolve().then(check), late]);
  } finally {
    clearTimeout(timer);
  }
}
