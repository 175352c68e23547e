const EVERY_MS = 40;

/**
 * Asks again until there is an answer that is not undefined.
 *
 * @param withinMs how long a person would wait for it; the default allows for a busy machine.
 * @throws Error that names what did not come.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const started = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() - started > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
