import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Desk } from '../system/desk.js';

/** The system does not run, or the way into it is closed; the message says what to do. */
export class NoAccessError extends Error {}

export interface DemoSettings {
  /** Folder of the running system's data; it left the way in there. */
  readonly home: string;
  /** A sign-in link instead, for a system that runs elsewhere. */
  readonly link?: string;
  readonly smtpPort: number;
}

interface Access {
  readonly url: string;
  readonly smtpPort: number;
  readonly signInUrl: string;
}

const HOW_TO_START =
  'Start it in another terminal with `npm start`, wait for `ready`, then run `npm run demo` again.';

/**
 * Signs the demo workspace's administrator in.
 *
 * @throws NoAccessError
 */
export async function enter(
  settings: DemoSettings,
): Promise<{ readonly admin: Desk; readonly smtpPort: number }> {
  const file = join(settings.home, 'demo-access.json');
  const access = settings.link
    ? { url: new URL(settings.link).origin, smtpPort: settings.smtpPort, signInUrl: settings.link }
    : await readAccess(file);
  await refuseStopped(access.url);
  const admin = await Desk.signIn(access.signInUrl).catch((error: Error) => {
    const instead = 'Start the system anew, or give a fresh sign-in link: npm run demo -- --link <link>.';
    throw new NoAccessError(
      `The sign-in link for the demo was used or is too old (${error.message}). ${instead}`,
    );
  });
  if (!settings.link) await leaveAnother(file, access, admin);
  return { admin, smtpPort: access.smtpPort };
}

async function readAccess(file: string): Promise<Access> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new NoAccessError(`Tributary does not run on this data (there is no ${file}). ${HOW_TO_START}`);
  });
  return JSON.parse(text) as Access;
}

/** A killed system leaves its file behind. */
async function refuseStopped(url: string): Promise<void> {
  const response = await fetch(`${url}/health/ready`).catch(() => undefined);
  if (!response) throw new NoAccessError(`Nothing answers at ${url}. ${HOW_TO_START}`);
  if (!response.ok) throw new NoAccessError(`Tributary at ${url} is not ready: ${await response.text()}`);
}

/** For the next run: a link works once. */
async function leaveAnother(file: string, access: Access, admin: Desk): Promise<void> {
  const { url: signInUrl } = await admin.signInLink(admin.session.person.email);
  await writeFile(`${file}.new`, `${JSON.stringify({ ...access, signInUrl })}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
