import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TwilioSimulator } from './twilio.js';
import { twilioSignature } from './twilio-calls.js';

const OURS = '+14155550100';
const THEIRS = '+14155550123';
const PARAMETERS_OF_THE_MANUAL = {
  ...{ CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234' },
  ...{ From: '+14158675309', To: '+18005551212' },
};

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly parameters: Record<string, string>;
}

let twilio: TwilioSimulator;
let listener: Server;
let heard: Heard[];
/** Status of the next answers, 200 afterwards; `cut` ends the connection. */
let answers: (number | 'cut')[];

beforeEach(async () => {
  [heard, answers] = [[], []];
  listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      heard.push({ headers: request.headers, parameters: Object.fromEntries(form) });
      const answer = answers.shift() ?? 200;
      if (answer === 'cut') response.destroy();
      else response.writeHead(answer, { 'content-type': 'text/xml' }).end('<Response/>');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  twilio = await TwilioSimulator.start();
  twilio.assign(OURS, hook());
  twilio.assign(`whatsapp:${OURS}`, hook());
});

afterEach(async () => {
  await twilio.stop();
  await new Promise<void>((resolve) => listener.close(() => resolve()));
});

function hook(fragment = ''): string {
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hooks/i${fragment}`;
}

async function api(path: string, init: RequestInit = {}) {
  const { sid, authToken } = twilio.account;
  const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
  const url = `${twilio.origin}/2010-04-01/Accounts/${sid}${path}`;
  const answer = await fetch(url, { redirect: 'manual', headers: { authorization }, ...init });
  return { status: answer.status, answer };
}

async function send(form: Record<string, string>) {
  const body = new URLSearchParams({
    To: THEIRS,
    From: OURS,
    Body: 'Hello',
    StatusCallback: hook(),
    ...form,
  });
  const { status, answer } = await api('/Messages.json', { method: 'POST', body });
  return { status, json: (await answer.json()) as Record<string, unknown> };
}

const statuses = () => heard.map(({ parameters }) => parameters['MessageStatus']);

describe('calls of the simulator', () => {
  it('are signed as the manual signs', () => {
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    expect(twilioSignature('12345', url, PARAMETERS_OF_THE_MANUAL)).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  });

  it('bring a customer’s message with its parameters and a signature of the account', async () => {
    const { sid, tries } = await twilio.write({ from: THEIRS, to: OURS, body: 'Hi' });
    expect(tries).toEqual([{ status: 200, contentType: 'text/xml', body: '<Response/>' }]);
    const { headers, parameters } = heard[0]!;
    expect(parameters).toMatchObject({ MessageSid: sid, From: THEIRS, To: OURS, Body: 'Hi', NumMedia: '0' });
    const expected = twilioSignature(twilio.account.authToken, hook(), parameters);
    expect(headers['x-twilio-signature']).toBe(expected);
  });

  it('are made once more, under the same token, when the connection was never answered', async () => {
    twilio.assign(OURS, 'http://127.0.0.1:9/');
    const { tries } = await twilio.write({ from: THEIRS, to: OURS, body: 'Hi' });
    expect(tries.map(({ status }) => status)).toEqual([0, 0]);
  });

  it('are not made again for an answer of 503 unless the address asks for it', async () => {
    answers = [503];
    await twilio.write({ from: THEIRS, to: OURS, body: 'one' });
    expect(heard).toHaveLength(1);
    answers = [503, 'cut', 503];
    twilio.assign(OURS, hook('#rc=3&rp=all'));
    const { tries } = await twilio.write({ from: THEIRS, to: OURS, body: 'two' });
    expect(tries.map(({ status }) => status)).toEqual([503, 0, 503, 200]);
    expect(new Set(heard.slice(1).map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
  });

  it('are made several times when duplicates are wanted', async () => {
    twilio.account.faults.copies = 3;
    await twilio.write({ from: THEIRS, to: OURS, body: 'Hi' });
    expect(heard.map(({ parameters }) => parameters['Body'])).toEqual(['Hi', 'Hi', 'Hi']);
  });
});

describe('the simulated API', () => {
  it('takes a text and reports on it, as WhatsApp also when it was read', async () => {
    const text = await send({});
    expect(text).toMatchObject({
      status: 201,
      json: { status: 'queued', to: THEIRS, direction: 'outbound-api' },
    });
    await twilio.settled();
    expect(statuses()).toEqual(['sent', 'delivered']);
    await twilio.write({ from: THEIRS, to: `whatsapp:${OURS}`, body: 'Hi' });
    heard = [];
    await send({ To: `whatsapp:${THEIRS}`, From: `whatsapp:${OURS}` });
    await twilio.settled();
    expect(statuses()).toEqual(['sent', 'delivered', 'read']);
  });

  it('reports in the opposite order when that is wanted', async () => {
    twilio.account.faults.reversedReports = true;
    await send({});
    await twilio.settled();
    expect(statuses()).toEqual(['delivered', 'sent']);
  });

  it.each([
    ['no recipient', 400, 21604, { To: '' }],
    ['a number that is none', 400, 21211, { To: '0415' }],
    ['no text', 400, 21602, { Body: '' }],
    ['a text too long', 400, 21617, { Body: 'x'.repeat(1601) }],
    ['an address for reports that is none', 400, 21609, { StatusCallback: 'here' }],
    ['another’s number', 400, 21606, { From: '+14155550199' }],
    ['a number of the other medium', 400, 63007, { To: `whatsapp:${THEIRS}` }],
    ['a service that does not exist', 404, 21705, { MessagingServiceSid: 'MG1' }],
  ])('refuses %s with %i and %i', async (_what, status, code, form) => {
    expect(await send(form)).toMatchObject({ status, json: { code, status } });
  });

  it('refuses other credentials', async () => {
    const { status, answer } = await api('/Messages.json', { headers: { authorization: 'Basic eDp5' } });
    expect(status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 20003 });
  });

  it('refuses a customer who opted out, until they opt in again; a service takes it and fails', async () => {
    const service = twilio.addService(OURS);
    await twilio.write({ from: THEIRS, to: OURS, body: 'Stop' });
    expect(await send({})).toMatchObject({ status: 400, json: { code: 21610 } });
    heard = [];
    expect(await send({ MessagingServiceSid: service })).toMatchObject({ status: 201 });
    await twilio.settled();
    expect(heard.map(({ parameters }) => parameters['ErrorCode'])).toEqual(['21610']);
    await twilio.write({ from: THEIRS, to: OURS, body: 'START' });
    expect(await send({})).toMatchObject({ status: 201 });
  });

  it('fails what is sent on WhatsApp more than 24 hours after the customer wrote', async () => {
    await twilio.write({ from: THEIRS, to: `whatsapp:${OURS}`, body: 'Hi' });
    heard = [];
    twilio.setClock(() => new Date(Date.now() + 24 * 3_600_000 + 1000));
    await send({ To: `whatsapp:${THEIRS}`, From: `whatsapp:${OURS}` });
    await twilio.settled();
    expect(heard).toMatchObject([{ parameters: { MessageStatus: 'failed', ErrorCode: '63016' } }]);
  });

  it('answers 429 to what is too fast', async () => {
    twilio.account.faults.perSecond = 1;
    twilio.setClock(() => new Date(0));
    expect(await send({})).toMatchObject({ status: 201 });
    expect(await send({})).toMatchObject({ status: 429, json: { code: 20429 } });
  });

  it('may take a message and lose the answer; its list has the message', async () => {
    twilio.account.faults.lostAnswers = 1;
    await expect(send({})).rejects.toThrow('fetch failed');
    const { answer } = await api(`/Messages.json?To=${encodeURIComponent(THEIRS)}`);
    expect(await answer.json()).toMatchObject({ messages: [{ body: 'Hello', to: THEIRS }] });
  });

  it('fetches what is sent from where it is, and fails a message whose file it cannot have', async () => {
    const place = createServer((request, response) => {
      const isThere = request.url === '/media/a.png';
      response.writeHead(isThere ? 200 : 404, { 'content-type': 'image/png' }).end('png');
    });
    await new Promise<void>((resolve) => place.listen(0, '127.0.0.1', resolve));
    twilio.reach('https://files.test', `http://127.0.0.1:${(place.address() as AddressInfo).port}`);
    await send({ MediaUrl: 'https://files.test/media/a.png' });
    await send({ MediaUrl: 'https://files.test/media/b.png' });
    expect((await send({ MediaUrl: 'http://files.test/media/a.png' })).json).toMatchObject({ code: 21620 });
    await twilio.settled();
    const [first, second] = twilio.sentTo(THEIRS);
    expect(first!.media).toMatchObject([
      { contentType: 'image/png', content: new TextEncoder().encode('png') },
    ]);
    expect([first!.status, second!.status, second!.errorCode]).toEqual(['delivered', 'failed', 11200]);
    place.closeAllConnections();
    await new Promise<void>((resolve) => place.close(() => resolve()));
  });

  it('hands out files to the account alone, from a store that wants no credentials', async () => {
    const files = [{ contentType: 'image/png', content: Uint8Array.of(1, 2, 3) }];
    await twilio.write({ from: THEIRS, to: OURS, files });
    const { MediaUrl0: url = '', MediaContentType0: type } = heard[0]!.parameters;
    expect(type).toBe('image/png');
    const path = new URL(url).pathname.split(twilio.account.sid)[1]!;
    expect((await api(path, { headers: {} })).status).toBe(401);
    const { status, answer } = await api(path);
    expect(status).toBe(307);
    const stored = answer.headers.get('location')!;
    expect((await fetch(stored, { headers: { authorization: 'Basic eDp5' } })).status).toBe(400);
    expect(new Uint8Array(await (await fetch(stored)).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });
});
