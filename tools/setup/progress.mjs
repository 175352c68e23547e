/** Plain lines, readable in a terminal and in a log alike: one when a step begins, one when it ends. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Seconds since a `performance.now()` reading, as people read them. */
export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Runs one step between its two lines. A failure is said with its time, then goes on to the caller. */
export async function step(name, work) {
  const start = performance.now();
  say(`${name} ...`);
  try {
    const result = await work();
    say(`${name}: done in ${secondsSince(start)}`);
    return result;
  } catch (error) {
    say(`${name}: failed after ${secondsSince(start)}`);
    throw error;
  }
}
