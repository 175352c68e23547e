import { parseArgs } from 'node:util';
import { benchAccept } from './accept.js';
import { benchAcceptSigned } from './accept-signed.js';
import { benchConsole } from './console.js';
import { benchPipeline } from './pipeline.js';
import { describe, failed, type Report } from './report.js';

/** What `npm run bench -- <suite>` runs. Progress goes to standard error, so that `--json` leaves one line. */
const USAGE =
  'npm run bench -- accept|pipeline|console [--mode standalone|services] [--rounds 3] [--profile <folder>] [--json]\n' +
  'of accept: [--signed]; of pipeline: [--messages 6000] [--through door|log]';

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
      through: { type: 'string', default: 'door' },
      profile: { type: 'string' },
      signed: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { mode, through, profile, json: asJson } = values;
  if (mode !== 'standalone' && mode !== 'services') throw new Error(USAGE);
  if (through !== 'door' && through !== 'log') throw new Error(USAGE);
  const [rounds, messages] = [whole(values.rounds), whole(values.messages)];
  const options = { mode, through, profile, rounds, messages } as const;
  switch (positionals.join(' ')) {
    case 'accept':
      return { ...(await (values.signed ? benchAcceptSigned : benchAccept)(options, say)), asJson };
    case 'console':
      return { ...(await benchConsole(options, say)), asJson };
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
