import type { OutboundDelivery } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { sendMail } from './send.js';
import { SMTP_ERRORS, smtpError, type SmtpFailure } from './smtp-errors.js';

/** What a scripted server says to a command; `hang up` drops the connection instead. */
type Script = Readonly<Record<string, string>>;

const GOOD: Script = {
  EHLO: '250-mx\r\n250-AUTH PLAIN\r\n250 SIZE 30000000',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  '.': '250 2.0.0 queued',
  QUIT: '221 bye',
};

let server: Server | undefined;

/** A server that follows a script to the letter: faults that a real one cannot be made to have. */
async function scripted(script: Script): Promise<number> {
  const started = createServer((socket) => converse(socket, { ...GOOD, ...script }));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return (started.address() as AddressInfo).port;
}

function converse(socket: Socket, script: Script): void {
  let inData = false;
  let rest = '';
  socket.on('error', () => undefined);
  socket.write(`${script['GREETING'] ?? '220 mx'}\r\n`);
  socket.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (inData && line !== '.') continue;
      const answer = script[inData ? '.' : line.slice(0, 4).trim().toUpperCase()] ?? '500 what';
      inData = !inData && answer.startsWith('354');
      if (answer === 'hang up') socket.destroy();
      else socket.write(`${answer}\r\n`);
    }
  });
}

afterEach(() => {
  server?.close();
});

const delivery: OutboundDelivery = {
  messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
  attempt: 1,
  inboxId: 'i',
  channel: 'email',
  conversationId: 'c',
  ticketId: 't',
  ticketNumber: '1042',
  to: { kind: 'email', value: 'ann@customer.example' },
  authorName: 'Ada',
  text: 'Hello',
  files: [],
  threadToken: 'c1.abc',
  references: [],
};

function send(port: number, settings: object = {}, signal = new AbortController().signal) {
  const all = {
    address: 'help@acme.example',
    smtpHost: '127.0.0.1',
    smtpPort: port,
    smtpTls: 'none',
    ...settings,
  };
  return sendMail(delivery, { id: 'i', name: 'n', settings: all }, unreachablePorts, signal);
}

describe('sending', () => {
  it('gives back our Message-ID', async () => {
    const port = await scripted({});
    expect(await send(port, { smtpUser: 'u', smtpPassword: 'p' })).toEqual({
      state: 'sent',
      externalId: '<t.c1.abc.0190f3a27c5d7e8a9b0c1d2e3f405162@acme.example>',
    });
  });

  it('is unsupported without an SMTP server', async () => {
    const sent = sendMail(
      delivery,
      { id: 'i', name: 'n', settings: { address: 'a@b.example' } },
      unreachablePorts,
      AbortSignal.timeout(5000),
    );
    await expect(sent).rejects.toMatchObject({ code: 'unsupported' });
  });

  it.each([
    ['unavailable', 'nobody greets', { GREETING: 'hang up' }],
    ['unavailable', 'the server is busy', { GREETING: '421 4.3.2 busy' }],
    ['bad_credentials', 'the password is refused', { AUTH: '535 5.7.8 no' }],
    ['unavailable', 'the sign-in is throttled', { AUTH: '454 4.7.0 later' }],
    ['rejected_permanently', 'the sender is refused', { MAIL: '550 5.7.1 not you' }],
    ['rejected_permanently', 'the recipient is unknown', { RCPT: '550 5.1.1 unknown' }],
    ['unavailable', 'the recipient is greylisted', { RCPT: '450 4.2.0 greylisted' }],
    ['rate_limited', 'there are too many', { RCPT: '452 4.5.3 too many mails' }],
    ['unavailable', 'the connection ends before the data', { RCPT: 'hang up' }],
    ['unavailable', 'the connection ends instead of the data', { DATA: 'hang up' }],
    ['unknown_outcome', 'the connection ends after the data', { '.': 'hang up' }],
    ['unavailable', 'the data are refused for now', { '.': '451 4.3.0 try later' }],
    ['rejected_permanently', 'the data are refused', { '.': '554 5.7.1 spam' }],
  ])('fails as %s when %s', async (code, _case, script) => {
    const port = await scripted(script);
    await expect(send(port, { smtpUser: 'u', smtpPassword: 'p' })).rejects.toMatchObject({ code });
  });

  it('never sends a password in the clear where STARTTLS is asked for and not offered', async () => {
    const port = await scripted({});
    const sent = send(port, { smtpTls: 'starttls', smtpUser: 'u', smtpPassword: 'p' });
    await expect(sent).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not begin when it was stopped before', async () => {
    await expect(send(1, {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that is stopped while the server thinks has an unknown outcome', async () => {
    const stopping = new AbortController();
    const port = await scripted({ '.': '' });
    const sent = send(port, {}, stopping.signal);
    setTimeout(() => stopping.abort(), 300);
    await expect(sent).rejects.toMatchObject({ code: 'unknown_outcome' });
  });
});

describe('the table of errors', () => {
  const answers: Readonly<Record<string, [SmtpFailure, boolean]>> = {
    'no encryption, whatever the server answers to STARTTLS': [
      { code: 'ETLS', responseCode: 502, response: '502 5.5.1 what' },
      false,
    ],
    'sign-in is throttled or down (454 4.7.0, 421)': [
      { code: 'EAUTH', responseCode: 454, response: '454 4.7.0 later' },
      false,
    ],
    'sign-in is refused (535 5.7.8)': [
      { code: 'EAUTH', responseCode: 535, response: '535 5.7.8 bad' },
      false,
    ],
    'sign-in is refused otherwise': [{ code: 'EAUTH' }, false],
    'the server asks for a sign-in and none is set': [{ code: 'ENOAUTH' }, false],
    'passwords are no longer taken (Microsoft 365: 550 5.7.30)': [
      { code: 'EENVELOPE', responseCode: 550, response: '550 5.7.30 Basic authentication is not supported' },
      false,
    ],
    'daily quota is used up (Gmail: 550 5.4.5)': [
      { code: 'EMESSAGE', responseCode: 550, response: '550-5.4.5 Daily user sending quota exceeded.' },
      true,
    ],
    'too many mails for now': [
      { code: 'EENVELOPE', responseCode: 450, response: '450 4.7.1 rate limit exceeded' },
      false,
    ],
    'any other 4xx': [{ code: 'EENVELOPE', responseCode: 451, response: '451 4.3.0 later' }, false],
    'any other 5xx': [{ code: 'EENVELOPE', responseCode: 550, response: '550 5.1.1 unknown' }, false],
    'an address or the size is refused before sending': [{ code: 'EENVELOPE' }, false],
    'the connection is lost from DATA on': [{ code: 'ECONNECTION' }, true],
    'no connection': [{ code: 'ECONNECTION' }, false],
  };

  it.each(SMTP_ERRORS)('$name is $give', ({ name, give }) => {
    const [failure, dataBegun] = answers[name] ?? [{}, false];
    expect(Object.keys(answers)).toContain(name);
    expect(smtpError(failure, dataBegun).code).toBe(give);
    expect(SMTP_ERRORS.find(({ when }) => when(failure, dataBegun))?.name).toBe(name);
  });
});
