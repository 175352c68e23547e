/** Loaded by `--import` before a program: makes the edits of its plan as modules are loaded, and gives it fault points. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { applyEdits } from './code-edits.js';
import type { FaultPlan } from './fault-plan.js';
import { FaultPoints } from './fault-points.js';

const ROOT = new URL('../../../', import.meta.url);

const plan = JSON.parse(
  readFileSync(new URL(import.meta.url).searchParams.get('plan') ?? '', 'utf8'),
) as FaultPlan;

// All of them at once: a place that has moved ends the process now, not when its module happens to be loaded.
const edited = new Map(
  [...Map.groupBy(plan.edits, ({ module }) => module)].map(([module, edits]) => {
    const url = new URL(module, ROOT);
    return [url.href, applyEdits(readFileSync(fileURLToPath(url), 'utf8'), edits)] as const;
  }),
);

registerHooks({
  load(url, context, nextLoad) {
    const source = edited.get(url);
    return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true };
  },
});

const faults = new FaultPoints({
  ...plan,
  die: () => process.kill(process.pid, 'SIGKILL'),
});
Object.assign(globalThis, { faults });
