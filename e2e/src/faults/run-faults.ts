import { parseArgs } from 'node:util';
import type { HistoryReport } from '@tributary/testing';
import { smoke } from './smoke.js';
import { SEEDED_BUGS } from './teeth/seeded-bugs.js';
import { teeth } from './teeth/teeth.js';

/** What `npm run faults -- <suite>` runs. */
const USAGE = `npm run faults -- smoke [--messages 2000] [--faults 20] [--seed 1]
npm run faults -- teeth [--bug 'dedupe off']...`;
const TOLD = 20;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(): Promise<boolean> {
  const [suite, ...args] = process.argv.slice(2);
  if (suite === 'smoke') return runSmoke(args);
  if (suite === 'teeth') return runTeeth(args);
  throw new Error(USAGE);
}

async function runTeeth(args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { bug: { type: 'string', multiple: true, default: [] } } });
  const bugs = SEEDED_BUGS.filter(({ name }) => values.bug.length === 0 || values.bug.includes(name));
  if (bugs.length < values.bug.length) {
    throw new Error(`${USAGE}\nbugs: ${SEEDED_BUGS.map(({ name }) => name).join(', ')}`);
  }
  const { caught, missed } = await teeth(bugs, say);
  if (missed.length > 0) say(`missed: ${missed.join(', ')}`);
  say(`teeth ${caught.length}/${bugs.length}`);
  return missed.length === 0;
}

function smokeOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      messages: { type: 'string', default: '2000' },
      faults: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [messages, faults, seed] = [values.messages, values.faults, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const whole = [messages, faults, seed].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!whole || messages === 0 || messages % 8 !== 0) {
    throw new Error(`${USAGE}\nmessages come eight to a conversation`);
  }
  return { messages, faults, seed };
}

function tell(report: HistoryReport): void {
  for (const [name, found] of Object.entries(report)) {
    if (!Array.isArray(found) || found.length === 0) continue;
    const more = found.length > TOLD ? ` and ${found.length - TOLD} more` : '';
    say(`${name}: ${found.slice(0, TOLD).join(', ')}${more}`);
  }
}

async function runSmoke(args: string[]): Promise<boolean> {
  const { report, faults, reconciled, sound } = await smoke(smokeOptions(args), say);
  tell(report);
  if (!reconciled) say('reconcile found differences');
  const { accepted, lost, doubled, reordered } = report;
  say(
    `accepted=${accepted} lost=${lost.length} dup=${doubled.length} reorder=${reordered.length} faults=${faults}`,
  );
  return sound;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
