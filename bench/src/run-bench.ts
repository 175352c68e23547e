import { parseArgs } from 'node:util';
import { benchAccept } from './accept.js';
import { benchPipeline } from './pipeline.js';
import { describe, failed, type Report } from './report.js';

/** What `npm run bench -- <suite>` runs. Progress goes to standard error, so that `--json` leaves one line. */
const USAGE =
  'npm run bench -- accept|pipeline [--mode standalone|services] [--rounds 3] [--messages 6000] [--profile folder] [--json]';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function run(): Promise<Report & { readonly asJson: boolean }> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      mode: { type: 'string', default: 'standalone' },
      rounds: { type: 'string', default: '3' },
      messages: { type: 'string', default: '6000' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { mode, profile, json: asJson } = values;
  if (mode !== 'standalone' && mode !== 'services') throw new Error(USAGE);
  const options = { mode, profile, rounds: whole(values.rounds), messages: whole(values.messages) } as const;
  switch (positionals.join(' ')) {
    case 'accept':
      return { ...(await benchAccept(options, say)), asJson };
    case 'pipeline':
      return { ...(await benchPipeline(options, say)), asJson };
    default:
      throw new Error(USAGE);
  }
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(USAGE);
  return Number(text);
}

try {
  const { asJson, ...report } = await run();
  process.stdout.write(`${asJson ? JSON.stringify(report) : describe(report)}\n`);
  if (failed(report)) process.exitCode = 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
