import type { WebhookRequest } from '@tributary/channel-sdk';
import type { Problem } from '@tributary/contracts';
import { describe, expect, it } from '@jest/globals';
import { answerCall } from './answer.js';
import { parseCall } from './parse.js';
import { anInbox, aRequest } from './testing/api-play.js';

const bodyOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const saying = (value: unknown) => aRequest({ body: bodyOf(value) });
const message = { type: 'message', customer: { id: 'c-42' }, text: 'Hello' };
const signal = {
  ...{ type: 'signal', source: 'Boiler', key: 'b-7', state: 'raised', severity: 'info', summary: 'Warm' },
};

function answered(request: WebhookRequest) {
  const { status, body } = answerCall(request);
  return { status, body: JSON.parse(body) as Problem };
}

describe('a call that keeps to the rules', () => {
  it('is answered by its id and the name of its conversation', () => {
    expect(answered(saying({ ...message, conversation: 'order-1042' }))).toEqual({
      status: 202,
      body: { id: 'msg_1', conversation: 'order-1042' },
    });
  });

  it('begins a conversation by its own id when it names none', () => {
    expect(answered(saying(message)).body).toEqual({ id: 'msg_1', conversation: 'msg_1' });
  });

  it('may give its id as an idempotency key too', () => {
    const headers = { 'webhook-id': 'msg_1', 'idempotency-key': 'msg_1' };
    expect(answered(aRequest({ headers, body: bodyOf(message) })).status).toBe(202);
  });

  it('is another event with another content, and the same with the same', async () => {
    const id = async (value: unknown) => (await parseCall(saying(value), anInbox()))[0]!.providerEventId;
    expect(await id(message)).toBe(await id({ ...message }));
    expect(await id(message)).not.toBe(await id({ ...message, text: 'Hello!' }));
  });
});

describe('a call that does not', () => {
  it.each<[string, Partial<WebhookRequest>, number, string]>([
    ['GET', { method: 'GET' }, 404, 'NO_SUCH_CALL'],
    ['another path', { path: '/status', body: bodyOf(message) }, 404, 'NO_SUCH_CALL'],
    ['no JSON', { body: new TextEncoder().encode('{"type":') }, 400, 'BAD_JSON'],
    ['no UTF-8', { body: Uint8Array.of(0x22, 0xff, 0x22) }, 400, 'BAD_JSON'],
    ['nothing', {}, 400, 'BAD_JSON'],
    ['a list', { body: bodyOf([message]) }, 400, 'BAD_BODY'],
    [
      'two keys',
      { headers: { 'webhook-id': 'msg_1', 'idempotency-key': 'msg_2' }, body: bodyOf(message) },
      400,
      'KEYS_DIFFER',
    ],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'UNSUPPORTED_BODY'],
  ])('is told so: %s', async (_, change, status, code) => {
    const request = aRequest(change);
    expect(answered(request)).toMatchObject({ status, body: { status, code } });
    expect(await parseCall(request, anInbox())).toMatchObject([{ kind: 'ignored', reason: code }]);
  });

  it.each<[string, unknown, string]>([
    ['no type', {}, 'type'],
    ['the type of every object', { type: 'constructor' }, 'type'],
    ['our own event', { type: 'message.created' }, 'type'],
    ['no customer', { type: 'message', text: 'Hello' }, 'customer'],
    ['a customer without an id', { ...message, customer: { name: 'Mei' } }, 'customer.id'],
    ['an id of white space', { ...message, customer: { id: ' ' } }, 'customer.id'],
    ['an id without end', { ...message, customer: { id: 'x'.repeat(321) } }, 'customer.id'],
    ['neither text nor files', { ...message, text: ' \n' }, 'text'],
    ['a number for a text', { ...message, text: 5 }, 'text'],
    ['a priority that is none', { ...message, priority: 'highest' }, 'priority'],
    ['a field that is no text', { ...message, fields: { order: 1042 } }, 'fields.*'],
    ['a field without a name', { ...message, fields: { '': 'x' } }, 'fields'],
    ['a field without end', { ...message, fields: { order: 'x'.repeat(2001) } }, 'fields'],
    ['a file without bytes', { ...message, files: [{ name: 'a' }] }, 'files.0.content'],
    [
      'a file twice over',
      { ...message, files: [{ name: 'a', content: '', url: 'https://a.example' }] },
      'files.0.url',
    ],
    ['bytes in hexadecimal', { ...message, files: [{ name: 'a', content: 'ff:00' }] }, 'files.0.content'],
    ['a file over http', { ...message, files: [{ name: 'a', url: 'http://a.example/a' }] }, 'files.0.url'],
    [
      'a file of this machine',
      { ...message, files: [{ name: 'a', url: 'file:///etc/passwd' }] },
      'files.0.url',
    ],
    ['more files than may be', { ...message, files: Array(21).fill({ name: 'a', content: '' }) }, 'files'],
    ['an unknown severity', { ...signal, severity: 'fatal' }, 'severity'],
    ['an unknown state', { ...signal, state: 'flapping' }, 'state'],
    ['a signal about nothing', { ...signal, key: ' ' }, 'key'],
    ['a time without its zone', { ...signal, at: '2026-11-24T09:00:00' }, 'at'],
    ['a receipt for anything', { type: 'receipt', message: 'm1', state: 'read' }, 'message'],
    ['a receipt that goes back', { type: 'receipt', message: 'msg_1', state: 'queued' }, 'state'],
  ])('is told the field: %s', async (_, value, field) => {
    const { status, body } = answered(saying(value));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(body.errors?.map((each) => each.field)).toContain(field);
    expect((await parseCall(saying(value), anInbox())).map(({ kind }) => kind)).toEqual(['ignored']);
  });
});
