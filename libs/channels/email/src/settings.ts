import type { ChannelInbox, SettingsFault } from '@tributary/channel-sdk';
import { isMailAddress } from './address.js';

export type TlsMode = 'tls' | 'starttls' | 'none';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  readonly user?: string;
  readonly password?: string;
}

export interface EmailSettings {
  /** Lower case. */
  readonly address: string;
  readonly displayName?: string;
  readonly plusAddressing: boolean;
  /** Absent when mail is forwarded to us. */
  readonly imap?: ServerSettings & { readonly mailbox: string };
  /** Absent when the inbox only receives. */
  readonly smtp?: ServerSettings;
}

type Settings = Readonly<Record<string, unknown>>;

const TLS_MODES: readonly unknown[] = ['tls', 'starttls', 'none'] satisfies TlsMode[];
const PORTS = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
} as const;

/** The inbox's settings with their defaults; they passed `checkSettings` when they were saved. */
export function emailSettings(inbox: ChannelInbox): EmailSettings {
  const { settings } = inbox;
  const imap = server(settings, 'imap');
  const smtp = server(settings, 'smtp');
  const displayName = text(settings, 'displayName');
  return {
    address: (text(settings, 'address') ?? '').toLowerCase(),
    ...(displayName === undefined ? {} : { displayName }),
    plusAddressing: settings['plusAddressing'] !== false,
    ...(imap ? { imap: { ...imap, mailbox: text(settings, 'imapMailbox') ?? 'INBOX' } } : {}),
    ...(smtp ? { smtp } : {}),
  };
}

/** What the field list cannot say: which fields need each other, and what an address, port or mode looks like. */
export function checkSettings(settings: Settings): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  const fault = (field: string, message: string) => faults.push({ field, message });
  const address = text(settings, 'address');
  if (address === undefined) fault('address', 'A mail address is needed.');
  else if (!isMailAddress(address)) fault('address', 'This is not a mail address.');
  else if (address.includes('+')) {
    fault('address', 'Give the address without a plus part: that place is ours.');
  }
  checkServer(settings, 'imap', fault);
  checkServer(settings, 'smtp', fault);
  if (text(settings, 'imapHost') !== undefined) {
    if (text(settings, 'imapUser') === undefined) fault('imapUser', 'IMAP needs a user.');
    if (text(settings, 'imapPassword') === undefined) fault('imapPassword', 'IMAP needs a password.');
  }
  if (text(settings, 'smtpUser') !== undefined && text(settings, 'smtpPassword') === undefined) {
    fault('smtpPassword', 'A user without a password cannot sign in.');
  }
  return faults;
}

function checkServer(
  settings: Settings,
  protocol: 'imap' | 'smtp',
  fault: (field: string, message: string) => void,
): void {
  const name = protocol.toUpperCase();
  const field = (part: string) => `${protocol}${part}`;
  const host = text(settings, field('Host'));
  if (host === undefined) {
    for (const part of ['User', 'Password']) {
      if (text(settings, field(part)) !== undefined) {
        fault(field('Host'), `${name} has a ${part.toLowerCase()} but no server.`);
      }
    }
    return;
  }
  if (!/^[a-z0-9]([a-z0-9._:-]*[a-z0-9])?$/i.test(host)) {
    fault(field('Host'), 'Give a host name or an address, without “https://” and without a port.');
  }
  const port = settings[field('Port')];
  if (port !== undefined && port !== '' && !isPort(port)) fault(field('Port'), 'A port is from 1 to 65535.');
  const mode = settings[field('Tls')];
  if (mode !== undefined && mode !== '' && !TLS_MODES.includes(mode)) {
    fault(field('Tls'), 'Choose tls, starttls or none.');
  }
}

function server(settings: Settings, protocol: 'imap' | 'smtp'): ServerSettings | undefined {
  const host = text(settings, `${protocol}Host`);
  if (host === undefined) return undefined;
  const mode = settings[`${protocol}Tls`];
  const tls = isTlsMode(mode) ? mode : 'tls';
  const port = settings[`${protocol}Port`];
  const user = text(settings, `${protocol}User`);
  const password = text(settings, `${protocol}Password`);
  return {
    host,
    port: isPort(port) ? Number(port) : PORTS[protocol][tls],
    tls,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
}

function isTlsMode(value: unknown): value is TlsMode {
  return TLS_MODES.includes(value);
}

function isPort(value: unknown): boolean {
  const port = typeof value === 'string' ? Number(value) : value;
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** A setting's text without spaces around it; undefined when it is absent or empty. */
function text(settings: Settings, name: string): string | undefined {
  const value = settings[name];
  if (typeof value !== 'string') return undefined;
  // A password may begin or end with a space.
  const kept = name.endsWith('Password') ? value : value.trim();
  return kept === '' ? undefined : kept;
}
