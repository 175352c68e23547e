import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ends what an earlier start left running on a home because it was killed before it could stop them: processes that
 * work in the folder, or whose environment names it. Only for whoever holds the home. Does nothing where there is no
 * /proc. PostgreSQL is not meant: the next start takes it over.
 */
export async function endLeftovers(folder: string): Promise<void> {
  const pids = (await readdir('/proc').catch(() => []))
    .map(Number)
    .filter((pid) => pid && pid !== process.pid);
  for (const pid of pids) if (await belongs(pid, folder)) await end(pid);
}

async function belongs(pid: number, folder: string): Promise<boolean> {
  const none = () => '';
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(none);
  if (/\/dist\/(?:main|migrate)\.js\0/.test(command)) {
    return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(none)).includes(`=${folder}/`);
  }
  return (
    command.includes('\0kafka.Kafka\0') &&
    (await readlink(`/proc/${pid}/cwd`).catch(none)).startsWith(`${folder}/`)
  );
}

async function end(pid: number): Promise<void> {
  const send = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };
  if (!send('SIGKILL')) return;
  while (send(0)) await sleep(20);
}
