import { freePort } from '@tributary/database';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DovecotMailboxes, type TestMailbox } from './dovecot.js';
import { dovecotPath, postfixPath } from './installed.js';
import { preparePostfix } from './postfix.js';

const run = promisify(execFile);

/** A real Dovecot (IMAP, LMTP) behind a real Postfix, for every domain, on 127.0.0.1 without TLS. */
export interface MailServers {
  readonly imapPort: number;
  /** Takes mail for any address; what Dovecot does not know comes back as a delivery report. */
  readonly smtpPort: number;
  /** Plus addresses (`help+abc@…`) reach it as well. */
  createMailbox(address: string): Promise<TestMailbox>;
  /** Lays mails into the inbox without a mail server. */
  put(address: string, ...mails: readonly Uint8Array[]): Promise<void>;
  /** The inbox's mails in the order they came. */
  mails(address: string): Promise<readonly string[]>;
  /** IMAP flags of the inbox's mails as Maildir writes them: `S` is seen, nothing is new. */
  flags(address: string): Promise<readonly string[]>;
  /** Waits until the inbox holds `count` mails; rejects after 20 s. */
  arrived(address: string, count: number): Promise<readonly string[]>;
  /** Ends the user's IMAP sessions, as a server does that restarts. Rejects when there is none. */
  kick(address: string): Promise<void>;
  /** Makes the server number the inbox anew: another UIDVALIDITY, the same mails. */
  renumber(address: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts both servers on free ports, with everything they write in a folder of their own.
 *
 * @throws NotInstalledError that says what is missing; Error when this process is not root, as Postfix must be.
 */
export async function startMailServers(): Promise<MailServers> {
  const [dovecotCommand, postfixCommand] = [dovecotPath(), postfixPath()];
  if (process.getuid?.() !== 0) throw new Error('Postfix starts as root only: run these tests as root');
  const folder = await mkdtemp(join(tmpdir(), 'tributary-mail-'));
  await chmod(folder, 0o755);
  const [imapPort, lmtpPort, smtpPort] = [await freePort(), await freePort(), await freePort()];
  const mailboxes = await DovecotMailboxes.prepare(folder, imapPort, lmtpPort);
  const postfixHome = await preparePostfix(folder, smtpPort, lmtpPort);
  const dovecot = spawn(dovecotCommand, ['-F', '-c', mailboxes.configuration], { stdio: 'ignore' });
  const postfix = spawn(postfixCommand, ['-c', postfixHome, 'start-fg'], { stdio: 'ignore' });
  const stop = async () => {
    // The child is a script that waits for Postfix; only Postfix's own command ends both.
    await run(postfixCommand, ['-c', postfixHome, 'abort']).catch(() => undefined);
    await Promise.all([end(dovecot), end(postfix)]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([imapPort, lmtpPort, smtpPort].map(answering));
  } catch (error) {
    const logs = await Promise.all(
      ['dovecot.log', 'postfix.log'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
    );
    await stop();
    throw new Error(`the mail servers did not start: ${logs.join('\n').slice(-2000)}`, { cause: error });
  }
  return {
    imapPort,
    smtpPort,
    createMailbox: (address) => mailboxes.create(address),
    put: (address, ...mails) => mailboxes.put(address, mails),
    mails: (address) => mailboxes.mails(address),
    flags: (address) => mailboxes.flags(address),
    arrived: (address, count) => mailboxes.arrived(address, count),
    kick: (address) => mailboxes.kick(address),
    renumber: (address) => mailboxes.renumber(address),
    stop,
  };
}

/** All three protocols greet. */
async function answering(port: number): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
    });
    if (isUp) return;
    await sleep(50);
  }
  throw new Error(`nothing answers on port ${port}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await ended;
}
