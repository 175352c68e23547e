import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CodeEdit } from './code-edits.js';
import type { FaultRule } from './fault-points.js';

/** Everything that is to be different in a process. */
export interface FaultPlan {
  readonly edits: readonly CodeEdit[];
  readonly rules: readonly FaultRule[];
  /** Where the process leaves what it met; exists. */
  readonly folder: string;
}

/** In the build, also when this runs from its source: what it loads is the build. */
const LOADER = fileURLToPath(new URL('../../dist/faults/edited-process.js', import.meta.url));

/** Lays the plan down. @returns what Node has to be told before its program, so that the plan holds in it. */
export async function underPlan(plan: FaultPlan): Promise<readonly string[]> {
  const file = join(plan.folder, 'plan.json');
  await writeFile(file, JSON.stringify(plan));
  const loader = pathToFileURL(LOADER);
  loader.searchParams.set('plan', file);
  return ['--import', loader.href];
}
