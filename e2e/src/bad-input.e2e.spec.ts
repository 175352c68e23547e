import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TicketDetail } from '@tributary/contracts';
import { randomUUID } from 'node:crypto';
import { submitForm } from './system/customer.js';
import { Desk, messagesOf } from './system/desk.js';
import { handOver, mail } from './system/mail-handover.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(180_000);

const MEGABYTE = 1024 * 1024;
/** A sender waits ten minutes (RFC 5321, 4.5.3.2.6); a desk that stands still for half a minute is broken. */
const STANDSTILL_MS = 30_000;

let system: RunningSystem;
let admin: Desk;
let formUrl: string;
let ticketId: string;

beforeAll(async () => {
  system = await startSystem();
  admin = await Desk.signIn(system.signInUrl);
  formUrl = (await admin.inboxOf('web_form')).publicAddress ?? '';
  await submitForm(formUrl, { email: 'ann@customers.example', subject: 'A good one', text: 'Hello' });
  ticketId = (await admin.ticketWhere('the good one', () => true)).id;
});

afterAll(async () => {
  await system?.stop();
});

interface BadRequest {
  readonly what: string;
  readonly body: string | Uint8Array;
  readonly status: number;
  readonly code: string;
  readonly field?: string;
  readonly type?: string;
}

async function send(url: string, { body, type = 'application/json' }: BadRequest, method = 'POST') {
  const response = await fetch(url, {
    ...{ method },
    headers: { 'content-type': type, cookie: admin.cookie, 'idempotency-key': randomUUID() },
    body: Buffer.from(body),
  });
  return {
    response,
    problem: (await response.json()) as { code: string; status: number; errors?: { field: string }[] },
  };
}

async function expectRefused(url: string, bad: BadRequest, method?: string): Promise<void> {
  const { response, problem } = await send(url, bad, method);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect({ status: response.status, code: problem.code }).toEqual({ status: bad.status, code: bad.code });
  expect(problem.status).toBe(bad.status);
  if (bad.field) expect(problem.errors?.map(({ field }) => field)).toContain(bad.field);
}

const json = (value: unknown) => JSON.stringify(value);
const good = { email: 'ann@customers.example', text: 'Hello' };

describe('the form refuses, with problem details,', () => {
  const bad: BadRequest[] = [
    { what: 'JSON that ends too early', body: '{"email":', status: 400, code: 'BAD_JSON' },
    { what: 'an empty body', body: '', status: 400, code: 'BAD_JSON' },
    { what: 'a list', body: '[]', status: 400, code: 'BAD_BODY' },
    {
      what: 'a number for a text',
      body: json({ ...good, text: 5 }),
      status: 400,
      code: 'BAD_FIELD',
      field: 'text',
    },
    {
      what: 'a name that is no field’s',
      body: json({ ...good, 'a b': 'x' }),
      status: 400,
      code: 'BAD_FIELD_NAME',
    },
    {
      what: 'a thread that it made up',
      body: json({ ...good, thread: 'x.y' }),
      status: 400,
      code: 'BAD_FIELD',
    },
    { what: 'a body without a sender', body: json({ text: 'Hello' }), status: 400, code: 'NO_SENDER' },
    { what: 'a body without a text', body: json({ email: good.email }), status: 400, code: 'EMPTY_MESSAGE' },
    {
      what: 'bytes that are not UTF-8',
      body: Buffer.concat([
        Buffer.from('{"email":"ann@customers.example","text":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}'),
      ]),
      ...{ status: 400, code: 'BAD_ENCODING' },
    },
    {
      what: 'a form of the old kind',
      body: 'email=a',
      type: 'application/x-www-form-urlencoded',
      status: 415,
      code: 'UNSUPPORTED_BODY',
    },
    {
      what: 'a kind that nobody knows',
      body: 'x',
      type: 'application/x-nothing',
      status: 415,
      code: 'UNSUPPORTED_BODY',
    },
    {
      what: 'multipart without its boundary',
      body: '--x',
      type: 'multipart/form-data',
      status: 400,
      code: 'BAD_MULTIPART',
    },
    {
      what: 'multipart that breaks off',
      body: '--x\r\nfoo',
      type: 'multipart/form-data; boundary=x',
      status: 400,
      code: 'BAD_MULTIPART',
    },
    {
      what: 'a text of 20 MB',
      body: json({ ...good, text: 'x'.repeat(20 * MEGABYTE) }),
      status: 413,
      code: 'TEXT_TOO_LONG',
    },
    {
      what: 'a body of 26 MB',
      body: json({ ...good, text: 'x'.repeat(26 * MEGABYTE) }),
      status: 413,
      code: 'BODY_TOO_LARGE',
    },
  ];

  it.each(bad)('$what', async (each) => {
    await expectRefused(`${formUrl}/messages`, each);
  });

  it('and keeps none of it', async () => {
    expect(await admin.tickets()).toHaveLength(1);
  });

  it('a form that is not there', async () => {
    await expectRefused(`${system.url}/f/${randomUUID()}/messages`, {
      ...{ what: 'nobody’s form', body: json(good), status: 404, code: 'FORM_NOT_FOUND' },
    });
  });
});

describe('the API refuses, with problem details,', () => {
  const replies: BadRequest[] = [
    {
      what: 'an unknown field',
      body: json({ text: 'Hi', shout: true }),
      status: 400,
      code: 'VALIDATION_FAILED',
      field: 'shout',
    },
    { what: 'a wrong type', body: json({ text: 7 }), status: 400, code: 'VALIDATION_FAILED', field: 'text' },
    {
      what: 'a status that is none',
      body: json({ text: 'Hi', setStatus: 'done' }),
      status: 400,
      code: 'VALIDATION_FAILED',
      field: 'setStatus',
    },
    {
      what: 'a NUL in a text',
      body: json({ text: 'a\0b' }),
      status: 400,
      code: 'VALIDATION_FAILED',
      field: 'text',
    },
    {
      what: 'half a character',
      body: '{"text":"\\ud83d"}',
      status: 400,
      code: 'VALIDATION_FAILED',
      field: 'text',
    },
    {
      what: 'levels without end',
      body: `{"text":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      status: 400,
      code: 'TOO_DEEP',
    },
    {
      what: 'bytes that are not UTF-8',
      body: Buffer.from([...Buffer.from('{"text":"'), 0xc3, 0x28, 0x22, 0x7d]),
      status: 400,
      code: 'BAD_ENCODING',
    },
    {
      what: 'a body of 26 MB',
      body: json({ text: 'x'.repeat(26 * MEGABYTE) }),
      status: 413,
      code: 'BODY_TOO_LARGE',
    },
  ];

  it.each(replies)('a reply with $what', async (each) => {
    await expectRefused(`${system.url}/api/tickets/${ticketId}/replies`, each);
  });

  it.each([
    ['an id that is none', 'tickets/x', 400, 'REFUSED'],
    ['a ticket that is not there', `tickets/${randomUUID()}`, 404, 'TICKET_NOT_FOUND'],
    ['an address that is no text', 'tickets/%ff', 400, 'BAD_URL'],
    ['a search with a NUL', 'tickets?q=%00', 400, 'VALIDATION_FAILED'],
    ['a filter that it does not know', 'tickets?colour=red', 400, 'VALIDATION_FAILED'],
    ['a cursor that it never gave', 'tickets?cursor=x', 400, 'BAD_CURSOR'],
    ['more rows than it gives', 'tickets?limit=100000', 400, 'VALIDATION_FAILED'],
    ['a path that is not there', 'nothing', 404, 'NOT_FOUND'],
  ])('%s', async (_, path, status, code) => {
    const refused = admin.call('GET', `/api/${path}`);
    await expect(refused).rejects.toMatchObject({ status, code });
  });

  it('a request without a session', async () => {
    const response = await fetch(`${system.url}/api/tickets`);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('a change from another site’s page', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const refused = admin.call('PATCH', `/api/tickets/${ticketId}`, { priority: 'urgent' }, headers);
    await expect(refused).rejects.toMatchObject({ status: 403 });
    expect((await admin.ticket(ticketId)).priority).toBe('normal');
  });
});

describe('mail that is broken', () => {
  const envelope = { from: 'ann@customers.example', to: 'help@tributary.example' };
  const headers = ['From: Ann <ann@customers.example>', 'To: help@tributary.example'];

  /** What the one new ticket of this mail holds. */
  async function handedOver(raw: Buffer): Promise<TicketDetail> {
    const before = new Set((await admin.allTickets()).map(({ id }) => id));
    await handOver(system.smtpPort, envelope, raw);
    const { id } = await admin.ticketWhere('of the mail', (row) => !before.has(row.id));
    return admin.ticket(id);
  }

  it('without a Message-ID is a ticket like any other', async () => {
    const ticket = await handedOver(mail(...headers, 'Subject: No id', '', 'Hello', ''));
    expect(ticket.subject).toBe('No id');
    expect(messagesOf(ticket).map(({ text }) => text.trim())).toEqual(['Hello']);
  });

  it('without a From is kept in quarantine, with its bytes', async () => {
    const raw = mail('To: help@tributary.example', 'Subject: Nobody', '', 'Who am I?', '');
    const [message] = messagesOf(await handedOver(raw));
    expect(message?.quarantined).toBe(true);
    expect((await admin.original(message!.id)).toString().trimEnd()).toBe(raw.toString().trimEnd());
  });

  it('with a broken boundary keeps what can be read, and its bytes', async () => {
    const raw = mail(
      ...headers,
      ...['Subject: Broken', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="abc"', ''],
      ...[
        '--abcd',
        'Content-Type: text/plain',
        '',
        'outside',
        '--abc',
        'Content-Type: text/plain',
        '',
        'inside',
        '',
      ],
    );
    const [message] = messagesOf(await handedOver(raw));
    expect(message?.text).toContain('inside');
    expect((await admin.original(message!.id)).toString()).toContain('outside');
  });

  it('with bytes that no charset has is a ticket, and its bytes are kept', async () => {
    const raw = Buffer.concat([
      mail(...headers, 'Subject: Bytes', '', 'a'),
      Buffer.from([0xff, 0x00, 0xfe]),
      mail('b', ''),
    ]);
    const [message] = messagesOf(await handedOver(raw));
    expect(message?.text).toMatch(/^a.*b\s*$/s);
    expect((await admin.original(message!.id)).includes(Buffer.from([0xff, 0x00, 0xfe]))).toBe(true);
  });

  it('that is no mail at all is kept in quarantine, with its bytes', async () => {
    const raw = Buffer.from(Array.from({ length: 512 }, (_, i) => (i % 64) + 33));
    const [message] = messagesOf(await handedOver(raw));
    expect(message?.quarantined).toBe(true);
    expect((await admin.original(message!.id)).includes(raw)).toBe(true);
  });

  it(
    'with 3 MB of HTML is a ticket, and holds nobody else up for long',
    async () => {
      const html = `<p>${'word '.repeat(14)}</p>\r\n`.repeat(40_000);
      const ticket = await handedOver(
        mail(...headers, 'Subject: Large', 'Content-Type: text/html', '', `<html>${html}</html>`, ''),
      );
      expect(messagesOf(ticket)[0]?.text).toMatch(/^word word/);
    },
    STANDSTILL_MS,
  );

  it('of 26 MB is refused for good, so that its sender hears of it', async () => {
    const raw = mail(
      ...headers,
      'Subject: Huge',
      '',
      ...Array.from({ length: 27_000 }, () => 'x'.repeat(1000)),
    );
    await expect(handOver(system.smtpPort, envelope, raw)).rejects.toMatchObject({ responseCode: 552 });
  });

  it('for an address that is nobody’s is refused for good', async () => {
    const raw = mail(...headers, 'Subject: Lost', '', 'Hello');
    const refused = handOver(system.smtpPort, { ...envelope, to: 'nobody@tributary.example' }, raw);
    await expect(refused).rejects.toMatchObject({ responseCode: 550 });
  });
});
