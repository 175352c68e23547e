import { freePort } from '@tributary/database';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dovecotPath, postfixPath } from './installed.js';

export interface TestMailbox {
  readonly address: string;
  /** The address, too. */
  readonly user: string;
  readonly password: string;
}

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
  /** Waits until the inbox holds `count` mails. */
  arrived(address: string, count: number): Promise<readonly string[]>;
  /** Ends the user's IMAP sessions, as a server does that restarts. */
  kick(address: string): Promise<void>;
  /** Makes the server number the inbox anew: another UIDVALIDITY, the same mails. */
  renumber(address: string): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);

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
  const owner = await account('dovecot');
  const configuration = await prepareDovecot(folder, imapPort, lmtpPort, owner);
  const postfixFolder = await preparePostfix(folder, smtpPort, lmtpPort);
  const dovecot = spawn(dovecotCommand, ['-F', '-c', configuration], { stdio: 'ignore' });
  const postfix = spawn(postfixCommand, ['-c', postfixFolder, 'start-fg'], { stdio: 'ignore' });
  const stop = async () => {
    // The child is a script that waits for Postfix; only Postfix's own command ends both.
    await run(postfixCommand, ['-c', postfixFolder, 'abort']).catch(() => undefined);
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
  return { imapPort, smtpPort, ...mailboxes(folder, configuration, owner), stop };
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

type MailboxFunctions = Omit<MailServers, 'imapPort' | 'smtpPort' | 'stop'>;

function mailboxes(folder: string, configuration: string, owner: Account): MailboxFunctions {
  const maildir = (address: string) => join(folder, 'mail', address, 'Maildir');
  let put = 0;
  const files = async (address: string) => {
    const found = await Promise.all(
      ['new', 'cur'].map(async (part) => {
        const names = await readdir(join(maildir(address), part)).catch(() => []);
        return names.map((name) => ({ name, path: join(maildir(address), part, name) }));
      }),
    );
    // Maildir names begin with the second of delivery, then say the microsecond (M…) or our number.
    return found.flat().toSorted((a, b) => order(a.name) - order(b.name));
  };
  const mails = async (address: string) => {
    const found = await files(address);
    return Promise.all(found.map(({ path }) => readFile(path, 'utf8')));
  };
  return {
    async createMailbox(address) {
      const password = randomBytes(12).toString('hex');
      const inbox = maildir(address);
      for (const part of ['new', 'cur', 'tmp']) await mkdir(join(inbox, part), { recursive: true });
      await run('chown', ['-R', `${owner.uid}:${owner.gid}`, join(folder, 'mail')]);
      // A file each: Dovecot sees by the second of its change whether to read one again.
      await writeFile(join(folder, 'users', address), `${address}:{PLAIN}${password}\n`);
      return { address, user: address, password };
    },
    async put(address, ...contents) {
      for (const content of contents) {
        const name = `${Math.floor(Date.now() / 1000)}.M${String(put++).padStart(6, '0')}P0.test`;
        const half = join(maildir(address), 'tmp', name);
        await writeFile(half, content);
        await chown(half, owner.uid, owner.gid);
        await rename(half, join(maildir(address), 'new', name));
      }
    },
    mails,
    async flags(address) {
      return (await files(address)).map(({ name }) => name.split(':2,')[1] ?? '');
    },
    async arrived(address, count) {
      for (let waited = 0; waited < 20_000; waited += 50) {
        const there = await mails(address);
        if (there.length >= count) return there;
        await sleep(50);
      }
      throw new Error(`${address} did not get ${count} mails within 20 s`);
    },
    async kick(address) {
      await run('/usr/bin/doveadm', ['-c', configuration, 'kick', address]);
    },
    async renumber(address) {
      await run('/usr/bin/doveadm', ['-c', configuration, 'kick', address]).catch(() => undefined);
      const names = await readdir(maildir(address));
      const numbering = names.filter((name) => /^dovecot(?:-uidlist|\.index)/.test(name));
      await Promise.all(numbering.map((name) => rm(join(maildir(address), name), { force: true })));
    },
  };
}

function order(name: string): number {
  const [, second = '0', micro = '0'] = /^(\d+)\.M(\d+)/.exec(name) ?? [];
  return Number(second) * 1_000_000 + Number(micro);
}

async function account(name: string): Promise<Account> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('/usr/bin/id', [flag, name])).stdout)),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function prepareDovecot(
  folder: string,
  imapPort: number,
  lmtpPort: number,
  owner: Account,
): Promise<string> {
  const path = join(folder, 'dovecot.conf');
  await mkdir(join(folder, 'mail'));
  await mkdir(join(folder, 'users'));
  await writeFile(
    path,
    `
base_dir = ${folder}/dovecot
state_dir = ${folder}/dovecot
log_path = ${folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = ${owner.uid}
mail_location = maildir:~/Maildir
recipient_delimiter = +
mail_max_userip_connections = 100
# A wrong password must not slow down the tests after it.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
namespace inbox {
  inbox = yes
}
passdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users/%u
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${folder}/mail/%u
}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
`,
  );
  return path;
}

/** Every domain is ours and goes to Dovecot, which knows the mailboxes. */
async function preparePostfix(folder: string, smtpPort: number, lmtpPort: number): Promise<string> {
  const home = join(folder, 'postfix');
  for (const part of ['', 'queue', 'data']) await mkdir(join(home, part), { recursive: true });
  const { uid, gid } = await account('postfix');
  await chown(join(home, 'data'), uid, gid);
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(home, 'queue'),
    data_directory: join(home, 'data'),
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    maillog_file_prefixes: folder,
    maillog_file: join(folder, 'postfix.log'),
    myhostname: 'mx.test.example',
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtpd_recipient_restrictions: 'permit_mynetworks, reject',
    virtual_mailbox_domains: 'static:all',
    virtual_transport: `lmtp:inet:127.0.0.1:${lmtpPort}`,
    virtual_mailbox_limit: '0',
    mailbox_size_limit: '0',
    message_size_limit: '52428800',
    alias_maps: '',
    alias_database: '',
  };
  await writeFile(
    join(home, 'main.cf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  );
  // Columns: service, type, private, unprivileged, chroot, wake-up, process limit, command (master(5)).
  const others = 'rewrite:trivial-rewrite proxymap lmtp smtp error retry:error';
  await writeFile(
    join(home, 'master.cf'),
    [
      `127.0.0.1:${smtpPort} inet n - n - - smtpd`,
      'pickup unix n - n 60 1 pickup',
      'cleanup unix n - n - 0 cleanup',
      'qmgr unix n - n 300 1 qmgr',
      'flush unix n - n 1000? 0 flush',
      'showq unix n - n - - showq',
      'postlog unix-dgram n - n - 1 postlogd',
      ...others.split(' ').map((each) => {
        const [name = '', command = name] = each.split(':');
        return `${name} unix - - n - - ${command}`;
      }),
      ...['bounce', 'defer', 'trace'].map((name) => `${name} unix - - n - 0 bounce`),
      'anvil unix - - n - 1 anvil',
      'scache unix - - n - 1 scache',
      '',
    ].join('\n'),
  );
  return home;
}

async function answering(port: number): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
        .once('data', () => resolve(socket.destroy().destroyed))
        .once('error', () => resolve(false));
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
