import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const RECONCILE = fileURLToPath(new URL('../../../apps/standalone/dist/reconcile.js', import.meta.url));

export interface Reconciled {
  /** Accepted and stored agree. */
  readonly isClean: boolean;
  /** What was compared, for people. */
  readonly text: string;
}

/** Compares what a running system accepted with what it stored, as `npm run reconcile` does. */
export async function reconcile(system: {
  readonly home: string;
  /** Where it is not in `home`. */
  readonly databaseUrl?: string;
}): Promise<Reconciled> {
  const child = spawn(process.execPath, [RECONCILE], {
    env: {
      PATH: '/usr/bin:/bin',
      TRIBUTARY_HOME: system.home,
      ...(system.databaseUrl ? { DATABASE_URL: system.databaseUrl } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { isClean: code === 0, text: text.trimEnd() };
}
