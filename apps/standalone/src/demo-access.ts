import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `npm run demo` needs to send traffic through the system that runs. */
export interface DemoAccess {
  readonly url: string;
  readonly smtpPort: number;
  /** Works once; the demo leaves another in its place. */
  readonly signInUrl: string;
}

/**
 * Leaves the way in for the demo in a file that the owner of the data alone can read: whoever can read it can read the
 * data as well.
 *
 * @returns takes it away.
 */
export async function leaveDemoAccess(home: string, access: DemoAccess): Promise<() => Promise<void>> {
  const path = join(home, 'demo-access.json');
  // A new file each time: one that is there would keep its mode.
  await writeFile(`${path}.new`, `${JSON.stringify(access)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return () => rm(path, { force: true });
}
