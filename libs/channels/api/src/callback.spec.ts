import {
  type ChannelErrorCode,
  type ChannelPorts,
  type ChannelRequest,
  keyOf,
  type OutboundDelivery,
  verifySigned,
} from '@tributary/channel-sdk';
import type { ApiReplyEvent } from '@tributary/contracts';
import { describe, expect, it } from '@jest/globals';
import { api } from './index.js';
import { aDelivery, anInbox, CALLBACK, SECRET, SIGNED_AT } from './testing/api-play.js';

/** Sends to a receiver that answers as told. */
async function sent(
  delivery: Partial<OutboundDelivery> = {},
  { status = 204, retryAfter = '', settings = {} } = {},
) {
  const requests: ChannelRequest[] = [];
  const ports: ChannelPorts = {
    http: {
      request: async (request) => {
        requests.push(request);
        const headers: Record<string, string> = retryAfter === '' ? {} : { 'retry-after': retryAfter };
        return { status, headers, body: new Uint8Array() };
      },
    },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
    now: () => SIGNED_AT,
  };
  const end = await api
    .send(aDelivery(delivery), anInbox(settings), ports, new AbortController().signal)
    .catch((error: unknown) => error);
  const event = JSON.parse(String(requests[0]?.body ?? 'null')) as ApiReplyEvent;
  return { end, request: requests[0], event };
}

describe('a reply', () => {
  it('is posted to the callback address, signed, under an id that its retries share', async () => {
    const { end, request, event } = await sent();
    expect(end).toEqual({ state: 'sent', externalId: 'msg_0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162' });
    expect(request).toMatchObject({ method: 'POST', url: CALLBACK });
    const body = new TextEncoder().encode(request!.body as string);
    expect(verifySigned([keyOf(SECRET)!], request!.headers!, body, SIGNED_AT)).toEqual({ ok: true });
    expect(request!.headers!['webhook-id']).toBe(event.data.id);
    expect((await sent({ attempt: 2 })).event.data.id).toBe(event.data.id);
  });

  it('names the conversation and the customer as the caller did', async () => {
    expect((await sent()).event).toMatchObject({
      type: 'message.created',
      timestamp: SIGNED_AT.toISOString(),
      data: {
        conversation: 'order-1042',
        customer: { id: 'c-42' },
        signal: null,
        ticket: { number: '1042' },
        author: { name: 'Ada' },
        text: 'It left our house today.',
      },
    });
  });

  it('names no conversation of another inbox', async () => {
    const references = ['00000000-0000-7000-8000-0000000000a3/conversation/order-1042', 'msg_1'];
    expect((await sent({ references })).event.data.conversation).toBeNull();
  });

  it('to a signal names the signal', async () => {
    const { event } = await sent({ to: { kind: 'signal', value: 'b-7', name: 'Boiler' }, references: [] });
    expect(event.data).toMatchObject({ signal: 'b-7', customer: null, conversation: null });
  });

  it('takes its files along', async () => {
    const files = [{ name: 'a.txt', contentType: 'text/plain', content: new TextEncoder().encode('a lamp') }];
    const { event } = await sent({ files });
    expect(event.data.files).toEqual([{ name: 'a.txt', contentType: 'text/plain', content: 'YSBsYW1w' }]);
  });

  it('is signed with both secrets while they are changed', async () => {
    const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const { request } = await sent({}, { settings: { secret: other, previousSecret: SECRET } });
    const body = new TextEncoder().encode(request!.body as string);
    for (const secret of [SECRET, other]) {
      expect(verifySigned([keyOf(secret)!], request!.headers!, body, SIGNED_AT)).toEqual({ ok: true });
    }
  });

  it.each<[number, string, ChannelErrorCode, number | undefined]>([
    [429, '7', 'rate_limited', 7000],
    [503, 'Thu, 25 Feb 2021 15:02:20 GMT', 'unavailable', 10_000],
    [503, 'soon', 'unavailable', undefined],
    [500, '', 'unavailable', undefined],
    [408, '', 'unavailable', undefined],
    [401, '', 'bad_credentials', undefined],
    [302, '', 'rejected_permanently', undefined],
    [410, '', 'rejected_permanently', undefined],
    [422, '', 'rejected_permanently', undefined],
  ])('that is answered %d (Retry-After: %j) is %s', async (status, retryAfter, code, retryAfterMs) => {
    expect((await sent({}, { status, retryAfter })).end).toMatchObject({ code, retryAfterMs });
  });

  it('without a callback address says so', async () => {
    const { end, request } = await sent({}, { settings: { callbackUrl: '' } });
    expect(end).toMatchObject({ code: 'unsupported', message: expect.stringContaining('callback address') });
    expect(request).toBeUndefined();
  });
});

describe('the settings', () => {
  it.each([
    ['http://shop.example/hooks'],
    ['https://127.0.0.1/hooks'],
    ['https://[::1]/hooks'],
    ['https://2130706433/hooks'],
    ['https://localhost/hooks'],
    ['https://a.localhost/hooks'],
    ['https://me:secret@shop.example/hooks'],
    ['shop.example'],
    ['ftp://shop.example'],
  ])('refuse %s as a callback address', (callbackUrl) => {
    expect(api.checkSettings({ secret: SECRET, callbackUrl }).map(({ field }) => field)).toEqual([
      'callbackUrl',
    ]);
  });

  it('take an inbox that only hears', () => {
    expect(api.checkSettings({ secret: SECRET })).toEqual([]);
  });

  it('refuse what is no secret', () => {
    const faults = api.checkSettings({ secret: 'hunter2', previousSecret: 'whsec_' });
    expect(faults.map(({ field }) => field)).toEqual(['secret', 'previousSecret']);
  });
});
