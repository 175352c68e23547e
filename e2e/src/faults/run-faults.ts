import { parseArgs } from 'node:util';
import type { HistoryReport } from '@tributary/testing';
import { smoke } from './smoke.js';

/** What `npm run faults -- <suite>` runs. */
const USAGE = 'npm run faults -- smoke [--messages 2000] [--faults 20] [--seed 1]';
const TOLD = 20;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function options() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
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
  if (positionals.join(' ') !== 'smoke' || !whole || messages === 0 || messages % 8 !== 0) {
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

try {
  const { report, faults, reconciled, sound } = await smoke(options(), say);
  tell(report);
  if (!reconciled) say('reconcile found differences');
  const { accepted, lost, doubled, reordered } = report;
  say(
    `accepted=${accepted} lost=${lost.length} dup=${doubled.length} reorder=${reordered.length} faults=${faults}`,
  );
  process.exitCode = sound ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
