import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServices, SERVICES } from '@tributary/testing';

/** Mulberry32: a seed gives the same numbers in [0, 1) everywhere. */
export function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Between two deaths at least. */
const REST_MS = 500;
const LOOK_MS = 25;

export interface KillsOptions {
  readonly services: Pick<RunningServices, 'processes' | 'kill'>;
  readonly faults: number;
  readonly random: () => number;
  /** From 0 to 1: the deaths are spread evenly over the work. */
  readonly progress: () => number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Kills a process of a random service again and again, as the work goes on. @returns how many died. */
export async function killInTurn(options: KillsOptions): Promise<number> {
  const { services, faults, random, progress, say, signal } = options;
  for (let fault = 1; fault <= faults; fault++) {
    const due = (fault - random()) / (faults + 1);
    while (progress() < due && !signal.aborted) await sleep(LOOK_MS);
    const name = SERVICES[Math.floor(random() * SERVICES.length)]!;
    while (services.processes[name].pid === undefined && !signal.aborted) await sleep(LOOK_MS);
    if (signal.aborted) return fault - 1;
    const pid = services.kill(name);
    say(`fault ${fault}: ${name} killed (process ${pid}), ${Math.round(progress() * 100)} % accepted`);
    await sleep(REST_MS);
  }
  return faults;
}
