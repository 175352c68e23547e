import { describe, expect, it } from '@jest/globals';
import { checkSettings, emailSettings } from './settings.js';

const faultyFields = (settings: Record<string, unknown>) => checkSettings(settings).map(({ field }) => field);
const withImap = {
  address: 'help@acme.example',
  imapHost: 'imap.acme.example',
  imapUser: 'help',
  imapPassword: 'p',
};

describe('settings of a mail inbox', () => {
  it('need an address alone when mail is forwarded to us', () => {
    expect(checkSettings({ address: 'help@acme.example' })).toEqual([]);
  });

  it.each([
    ['no address', {}, ['address']],
    ['a name instead of an address', { address: 'Acme' }, ['address']],
    ['a plus address, whose place is ours', { address: 'help+a@acme.example' }, ['address']],
    [
      'an IMAP server without user and password',
      { ...withImap, imapUser: '', imapPassword: '' },
      ['imapUser', 'imapPassword'],
    ],
    ['an IMAP password without a server', { ...withImap, imapHost: '', imapUser: '' }, ['imapHost']],
    ['a URL for a server', { ...withImap, imapHost: 'https://imap.acme.example' }, ['imapHost']],
    ['a port beyond the last', { ...withImap, imapPort: 65_536 }, ['imapPort']],
    ['an encryption nobody knows', { ...withImap, imapTls: 'ssl3' }, ['imapTls']],
    [
      'an SMTP user without a password',
      { address: 'a@b.example', smtpHost: 'smtp.b.example', smtpUser: 'a' },
      ['smtpPassword'],
    ],
  ])('refuse %s', (_case, settings, fields) => {
    expect(faultyFields(settings)).toEqual(fields);
  });

  it('take the port that belongs to the encryption', () => {
    const ports = (['tls', 'starttls', 'none'] as const).map(
      (tls) => emailSettings({ id: '', name: '', settings: { ...withImap, imapTls: tls } }).imap?.port,
    );
    expect(ports).toEqual([993, 143, 143]);
  });

  it('read INBOX and ask for plus addresses unless told otherwise', () => {
    const settings = emailSettings({ id: '', name: '', settings: withImap });
    expect(settings).toMatchObject({ plusAddressing: true, imap: { mailbox: 'INBOX', tls: 'tls' } });
    expect(settings.smtp).toBeUndefined();
  });

  it('keep a space at the end of a password', () => {
    const { imap } = emailSettings({ id: '', name: '', settings: { ...withImap, imapPassword: 'p ' } });
    expect(imap?.password).toBe('p ');
  });
});
