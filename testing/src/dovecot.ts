import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestMailbox {
  readonly address: string;
  /** The address, too. */
  readonly user: string;
  readonly password: string;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

export async function accountOf(name: string): Promise<Account> {
  const [uid = 0, gid = 0] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('/usr/bin/id', [flag, name])).stdout)),
  );
  return { uid, gid };
}

/** The mailboxes of a Dovecot that keeps everything in one folder. */
export class DovecotMailboxes {
  #put = 0;

  private constructor(
    private readonly folder: string,
    /** Dovecot's configuration file. */
    readonly configuration: string,
    private readonly owner: Account,
  ) {}

  static async prepare(folder: string, imapPort: number, lmtpPort: number): Promise<DovecotMailboxes> {
    const owner = await accountOf('dovecot');
    const path = join(folder, 'dovecot.conf');
    for (const part of ['mail', 'users']) await mkdir(join(folder, part));
    await writeFile(path, configuration(folder, imapPort, lmtpPort, owner));
    return new DovecotMailboxes(folder, path, owner);
  }

  async create(address: string): Promise<TestMailbox> {
    const password = randomBytes(12).toString('hex');
    const inbox = this.#maildir(address);
    for (const part of ['new', 'cur', 'tmp']) await mkdir(join(inbox, part), { recursive: true });
    const { uid, gid } = this.owner;
    await run('/bin/chown', ['-R', `${uid}:${gid}`, join(this.folder, 'mail', address)]);
    // A file each: Dovecot sees by the second of its change whether to read one again.
    await writeFile(join(this.folder, 'users', address), `${address}:{PLAIN}${password}\n`);
    return { address, user: address, password };
  }

  async put(address: string, contents: readonly Uint8Array[]): Promise<void> {
    for (const content of contents) {
      const name = `${Math.floor(Date.now() / 1000)}.M${String(this.#put++).padStart(6, '0')}P0.test`;
      const half = join(this.#maildir(address), 'tmp', name);
      await writeFile(half, content);
      await chown(half, this.owner.uid, this.owner.gid);
      await rename(half, join(this.#maildir(address), 'new', name));
    }
  }

  async mails(address: string): Promise<readonly string[]> {
    const found = await this.#files(address);
    return Promise.all(found.map(({ path }) => readFile(path, 'utf8')));
  }

  async arrived(address: string, count: number): Promise<readonly string[]> {
    for (let waited = 0; waited < 20_000; waited += 50) {
      const there = await this.mails(address);
      if (there.length >= count) return there;
      await sleep(50);
    }
    throw new Error(`${address} did not get ${count} mails within 20 s`);
  }

  async flags(address: string): Promise<readonly string[]> {
    return (await this.#files(address)).map(({ name }) => name.split(':2,')[1] ?? '');
  }

  async kick(address: string): Promise<void> {
    await run('/usr/bin/doveadm', ['-c', this.configuration, 'kick', address]);
  }

  async renumber(address: string): Promise<void> {
    // Says so by its exit code when nobody is signed in.
    await this.kick(address).catch(() => undefined);
    const names = await readdir(this.#maildir(address));
    const numbering = names.filter((name) => /^dovecot(?:-uidlist|\.index)/.test(name));
    await Promise.all(numbering.map((name) => rm(join(this.#maildir(address), name), { force: true })));
  }

  #maildir(address: string): string {
    return join(this.folder, 'mail', address, 'Maildir');
  }

  /** In the order they came: names begin with the second of delivery, then the microsecond (M…) or our number. */
  async #files(address: string): Promise<readonly { readonly name: string; readonly path: string }[]> {
    const found = await Promise.all(
      ['new', 'cur'].map(async (part) => {
        const names = await readdir(join(this.#maildir(address), part)).catch(() => []);
        return names.map((name) => ({ name, path: join(this.#maildir(address), part, name) }));
      }),
    );
    return found.flat().toSorted((a, b) => order(a.name) - order(b.name));
  }
}

function order(name: string): number {
  const [, second = '0', micro = '0'] = /^(\d+)\.M(\d+)/.exec(name) ?? [];
  return Number(second) * 1_000_000 + Number(micro);
}

function configuration(folder: string, imapPort: number, lmtpPort: number, { uid, gid }: Account): string {
  return `
base_dir = ${folder}/dovecot
state_dir = ${folder}/dovecot
log_path = ${folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = ${uid}
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
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
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
`;
}
