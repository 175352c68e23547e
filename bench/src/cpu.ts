import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds of processor time by program (`node`, `postgres`, `java`). */
export type CpuTimes = ReadonlyMap<string, number>;

/** USER_HZ is 100 on every Linux that Node runs on (proc(5)). */
const MS_A_TICK = 10;

/**
 * What everything that this process has started has used so far. It tells what a message costs also on a machine
 * that is busy with other things, where a rate tells little.
 */
export async function cpuTimes(): Promise<CpuTimes> {
  const processes = await readProcesses();
  const mine = new Set([process.pid]);
  for (let before = 0; before !== mine.size;) {
    before = mine.size;
    for (const { pid, parent } of processes) if (mine.has(parent)) mine.add(pid);
  }
  const times = new Map<string, number>();
  for (const { pid, program, ticks } of processes) {
    if (pid === process.pid || !mine.has(pid)) continue;
    times.set(program, (times.get(program) ?? 0) + ticks * MS_A_TICK);
  }
  return times;
}

/** @returns milliseconds of processor time for each of `count`, by program. */
export function cpuEach(from: CpuTimes, to: CpuTimes, count: number): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...to].map(([program, ms]) => [program, Number(((ms - (from.get(program) ?? 0)) / count).toFixed(3))]),
  );
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
  readonly ticks: number;
}

async function readProcesses(): Promise<readonly Running[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    const parts = /^(\d+) \((.*)\) \S (\d+) (?:\S+ ){9}(\d+) (\d+) /s.exec(stat);
    if (!parts) return [];
    const [, pid, name, parent, user, system] = parts;
    const program = name === 'MainThread' ? 'node' : name!;
    return [{ pid: Number(pid), parent: Number(parent), program, ticks: Number(user) + Number(system) }];
  });
}
