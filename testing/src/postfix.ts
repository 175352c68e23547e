import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountOf } from './dovecot.js';

/** Folder of Postfix' own files; its settings are read from there. */
export async function preparePostfix(folder: string, smtpPort: number, lmtpPort: number): Promise<string> {
  const home = join(folder, 'postfix');
  for (const part of ['', 'queue', 'data']) await mkdir(join(home, part), { recursive: true });
  const { uid, gid } = await accountOf('postfix');
  await chown(join(home, 'data'), uid, gid);
  await writeFile(join(home, 'main.cf'), mainSettings(folder, home, lmtpPort));
  await writeFile(join(home, 'master.cf'), services(smtpPort));
  return home;
}

/** Every domain is ours and goes to Dovecot, which knows the mailboxes. */
function mainSettings(folder: string, home: string, lmtpPort: number): string {
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
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

/** Columns: service, type, private, unprivileged, chroot, wake-up, process limit, command (master(5)). */
function services(smtpPort: number): string {
  const others = 'rewrite:trivial-rewrite proxymap lmtp smtp error retry:error';
  return [
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
  ].join('\n');
}
