import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Screen } from './board.js';
import { NoAccessError } from './demo-access.js';
import { type DemoSummary, runDemo } from './run-demo.js';

const USAGE = `npm run demo [-- --json] [-- --link <sign-in link>]

Sends mail and forms through the running system and follows them to assigned tickets.
  --json   one line with the result, nothing else
  --link   a sign-in link of an administrator, for a system that does not run on this folder's data
`;

const nowhere: Screen = { write: () => undefined, isTerminal: false, columns: undefined };

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    link: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main(values.json, values.link);

async function main(json: boolean, link: string | undefined): Promise<number> {
  const { TRIBUTARY_HOME, SMTP_PORT } = process.env;
  const settings = {
    home: resolve(TRIBUTARY_HOME || '.tributary'),
    smtpPort: Number(SMTP_PORT || 2525),
    ...(link === undefined ? {} : { link }),
  };
  try {
    const summary = await runDemo(settings, json ? nowhere : terminal(), stopping.signal);
    const { signInUrl, ...result } = summary;
    process.stdout.write(
      json ? `${JSON.stringify({ suite: 'demo', ...result })}\n` : told(result) + invitation(signInUrl),
    );
    return summary.failures.length > 0 || summary.tickets < summary.sent ? 1 : 0;
  } catch (error) {
    const { message, stack } = error as Error;
    process.stderr.write(`${error instanceof NoAccessError || stopping.signal.aborted ? message : stack}\n`);
    return 1;
  }
}

function terminal(): Screen {
  const { stdout } = process;
  return {
    write: (text) => void stdout.write(text),
    isTerminal: stdout.isTTY,
    get columns() {
      return stdout.columns;
    },
  };
}

function invitation(signInUrl: string): string {
  return `look around, by a link that works once: ${signInUrl}\n`;
}

function told(summary: Omit<DemoSummary, 'signInUrl'>): string {
  const { sent, tickets, assigned, waiting, answered, medianMs, slowestMs, pages, failures } = summary;
  const lines = [
    '',
    `${sent} messages sent, ${tickets} tickets: ${assigned} assigned, ${waiting} waiting for somebody who fits`,
    `accepted to decided: half of them within ${medianMs} ms, all within ${slowestMs} ms`,
    `${answered} conversations answered`,
    ...pages.map((page) => `a customer’s page, with the answer: ${page}`),
    ...failures.map((failure) => `failed: ${failure}`),
  ];
  return `${lines.join('\n')}\n`;
}
