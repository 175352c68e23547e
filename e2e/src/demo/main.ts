import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Screen } from './board.js';
import { resultTable } from './channels/result-table.js';
import { type ChannelsSummary, runChannelsDemo } from './channels/run-channels-demo.js';
import { NoAccessError } from './demo-access.js';
import { type DemoSummary, runDemo } from './run-demo.js';

const USAGE = `npm run demo [-- --json] [-- --link <sign-in link>]
npm run demo -- --channels all [--stay] [--json]

Sends mail and forms through the running system and follows them to assigned tickets.
  --json       one line with the result, nothing else
  --link       a sign-in link of an administrator, for a system that does not run on this folder's data
  --channels   a conversation on every channel (all) or on some (sms,line): starts simulators of the vendors and a
               system of its own beside yours, with data of its own, and ends both
  --stay       keeps them running after the conversations, to look around, until Ctrl-C
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
    channels: { type: 'string' },
    stay: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else if (values.channels === undefined) process.exitCode = await main(values.json, values.link);
else process.exitCode = await playChannels(values.channels, values.json, values.stay);

async function playChannels(channels: string, json: boolean, stay: boolean): Promise<number> {
  const { signal } = stopping;
  const afterwards = async (summary: ChannelsSummary, signInUrl: string): Promise<void> => {
    process.stdout.write(
      json ? `${JSON.stringify({ suite: 'demo-channels', ...summary })}\n` : toldChannels(summary),
    );
    if (!stay) return;
    process.stderr.write(`${invitation(signInUrl)}everything runs until Ctrl-C\n`);
    if (!signal.aborted) await once(signal, 'abort');
  };
  try {
    const screen = json ? nowhere : terminal();
    const { failures } = await runChannelsDemo({ channels, screen, signal, afterwards });
    return failures.length > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${signal.aborted ? (error as Error).message : (error as Error).stack}\n`);
    return 1;
  }
}

function toldChannels({ performed, failures }: ChannelsSummary): string {
  const told =
    failures.length === 0
      ? `${performed.length} channels: each conversation is an assigned ticket with its original`
      : `${performed.length} channels went well, and this did not:`;
  return ['', resultTable(performed), '', told, ...failures.map((each) => `failed: ${each}`), ''].join('\n');
}

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
