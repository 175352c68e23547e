import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What happens at a point: the process dies a moment later and goes no further; it stands still for so long, or until
 * it is let go; or the place is told, and does the wrong thing itself.
 */
export type FaultAction =
  | { readonly kind: 'kill'; readonly afterMs: number }
  | { readonly kind: 'hold'; readonly ms: number }
  | { readonly kind: 'tell' };

export interface FaultRule {
  /** Name of the point. */
  readonly point: string;
  /** All of it stands in what the point says of itself. */
  readonly when: readonly string[];
  /** Once in all processes of a run by default. */
  readonly often?: boolean;
  readonly action: FaultAction;
}

export interface FaultPointsOptions {
  /** Files there say which rules have been met, and by which process. */
  readonly folder: string;
  readonly rules: readonly FaultRule[];
  /** Ends this process at once. */
  readonly die: () => void;
}

/** What a consumer tells of its work, a line each; `at` is in nanoseconds of the machine's own clock. */
export const NOTES_FILE = 'notes.jsonl';

/** The file that a rule leaves; holds the process id of who met it. */
export function markerOf(folder: string, rule: number): string {
  return join(folder, `met-${rule}`);
}

/** The file that lets a process go on that stands still by the rule. */
export function releaseOf(folder: string, rule: number): string {
  return join(folder, `go-${rule}`);
}

const LOOK_MS = 20;

/** The named places of a process at which something may happen to it. */
export class FaultPoints {
  constructor(private readonly options: FaultPointsOptions) {}

  /**
   * The process is at a point.
   *
   * @param detail what it is about; rules look into it.
   * @returns whether a rule of the kind `tell` was met: the place does what is to go wrong itself.
   */
  async reach(point: string, detail: string): Promise<boolean> {
    let told = false;
    for (const [index, rule] of this.options.rules.entries()) {
      const { point: name, when, often = false, action } = rule;
      if (name !== point || !when.every((part) => detail.includes(part))) continue;
      if (!this.#mark(index) && !often) continue;
      if (action.kind === 'tell') told = true;
      if (action.kind === 'hold') await this.#hold(index, action.ms);
      if (action.kind === 'kill') {
        await sleep(action.afterMs);
        this.options.die();
      }
    }
    return told;
  }

  /** On the disk before it returns: whoever is killed a moment later has said it. */
  note(said: object): void {
    const line = { ...said, member: String(process.pid), at: Number(process.hrtime.bigint()) };
    appendFileSync(join(this.options.folder, NOTES_FILE), `${JSON.stringify(line)}\n`);
  }

  async #hold(rule: number, ms: number): Promise<void> {
    const end = performance.now() + ms;
    const release = releaseOf(this.options.folder, rule);
    while (performance.now() < end && !existsSync(release)) await sleep(LOOK_MS);
  }

  /** @returns whether this is the first time. */
  #mark(rule: number): boolean {
    try {
      writeFileSync(markerOf(this.options.folder, rule), String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }
}
