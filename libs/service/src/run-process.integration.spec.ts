import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';

const BUILT = fileURLToPath(new URL('../dist/run-process.js', import.meta.url));

/** What each of these processes does; `say` writes a line. */
const START = {
  runs: `return { stop: async () => say('drained') }`,
  startsSlowly: `say('starting'); await pause(300); return { stop: async () => say('drained') }`,
  cannotStart: `throw Object.assign(new Error('port 80 is in use'), { code: 'PORT_IN_USE' })`,
  failsLater: `setTimeout(() => fail(new Error('the log went away')), 50); return { stop: async () => say('drained') }`,
  failsWhileItStarts: `fail(new Error('the log went away')); await pause(50); return { stop: async () => say('drained') }`,
  failsWhileItDrains: `return { stop: async () => { fail(new Error('a batch crashed')); say('drained') } }`,
  cannotDrain: `return { stop: async () => { throw new Error('no commit') } }`,
  drainsForEver: `return { stop: () => new Promise(() => setInterval(() => {}, 1000)) }`,
} as const;

describe('the life of a process', () => {
  let child: ChildProcess | undefined;

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  /** Runs it, and sends each signal when the line before it was printed. */
  async function live(
    start: keyof typeof START,
    signals: readonly { readonly at: string; readonly signal: NodeJS.Signals }[] = [],
    drainMs = 10_000,
  ) {
    const script = `
      import { runProcess } from ${JSON.stringify(BUILT)};
      const say = (line) => process.stdout.write(line + '\\n');
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const life = setInterval(() => {}, 1000);
      await runProcess({
        drainMs: ${drainMs},
        ready: () => say('ready'),
        async start(fail) { ${START[start]} },
      });`;
    const running = spawn(process.execPath, ['--input-type=module', '-e', script], { env: {} });
    child = running;
    let output = '';
    let errors = '';
    const rest = [...signals];
    running.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    running.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      while (rest[0] && output.includes(`${rest[0].at}\n`)) running.kill(rest.shift()!.signal);
    });
    const [code] = (await once(running, 'close')) as [number | null];
    return { code, errors, lines: output.trimEnd().split('\n') };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('drains at %s and ends with 0', async (signal) => {
    const { code, lines } = await live('runs', [{ at: 'ready', signal }]);
    expect({ code, lines }).toEqual({ code: 0, lines: ['ready', 'drained'] });
  });

  it('takes a second signal as the first', async () => {
    const twice = [
      { at: 'ready', signal: 'SIGINT' },
      { at: 'ready', signal: 'SIGTERM' },
    ] as const;
    expect(await live('runs', twice)).toMatchObject({ code: 0, lines: ['ready', 'drained'] });
  });

  it('asked to stop while it starts, it finishes that, is never ready, and drains', async () => {
    const early = [{ at: 'starting', signal: 'SIGTERM' }] as const;
    expect(await live('startsSlowly', early)).toMatchObject({ code: 0, lines: ['starting', 'drained'] });
  });

  it('tells why it cannot start, without the stack where a code says all', async () => {
    expect(await live('cannotStart')).toMatchObject({ code: 1, errors: 'port 80 is in use\n' });
  });

  it('drains what it can after a failure, and ends with 1 and the stack', async () => {
    const { code, lines, errors } = await live('failsLater');
    expect({ code, lines }).toEqual({ code: 1, lines: ['ready', 'drained'] });
    expect(errors).toMatch(/^Error: the log went away\n +at /);
  });

  it('drains after a failure that came before it was ready', async () => {
    expect(await live('failsWhileItStarts')).toMatchObject({ code: 1, lines: ['drained'] });
  });

  it('ends with 1 when something fails while it drains', async () => {
    const asked = [{ at: 'ready', signal: 'SIGTERM' }] as const;
    expect(await live('failsWhileItDrains', asked)).toMatchObject({ code: 1, lines: ['ready', 'drained'] });
  });

  it('ends with 1 and the reason when it cannot drain', async () => {
    const { code, errors } = await live('cannotDrain', [{ at: 'ready', signal: 'SIGTERM' }]);
    expect(code).toBe(1);
    expect(errors).toContain('no commit');
  });

  it('ends with 1 when the drain takes longer than it may', async () => {
    expect(await live('drainsForEver', [{ at: 'ready', signal: 'SIGTERM' }], 200)).toMatchObject({ code: 1 });
  });
});
