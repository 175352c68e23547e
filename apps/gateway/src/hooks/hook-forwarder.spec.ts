import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ChannelModule } from '@tributary/channel-sdk';
import type { HookCall } from '@tributary/channel-host';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HookForwarder } from './hook-forwarder.js';

const channels = [
  { manifest: { channel: 'voice', host: 'voice-ingest' } },
  { manifest: { channel: 'line', host: 'gateway' } },
] as unknown as readonly ChannelModule[];
const call: HookCall = {
  ...{ method: 'POST', path: '/menu', target: '/hooks/i/menu?l=en&f=%2B1' },
  headers: {
    host: 'desk.example.org',
    connection: 'keep-alive',
    'x-twilio-signature': 'abc',
    'content-length': '7',
  },
  body: Buffer.from('a=%00\xff', 'latin1'),
};

describe('a provider’s call for a channel that is hosted elsewhere', () => {
  const seen: { readonly request: IncomingMessage; readonly body: Buffer }[] = [];
  let host: Server;
  let forwarder: HookForwarder;

  beforeEach(async () => {
    seen.length = 0;
    host = createServer((request, response) => {
      void buffer(request).then((body) => {
        seen.push({ request, body });
        response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end('<Response>好</Response>');
      });
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as AddressInfo;
    forwarder = new HookForwarder(channels, { 'voice-ingest': `http://127.0.0.1:${port}` });
  });

  afterEach(async () => {
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
  });

  it('is handed on byte for byte, without what belongs to its connection', async () => {
    await forwarder.forward('voice', call);
    const { request, body } = seen[0]!;
    expect([request.method, request.url]).toEqual(['POST', '/hooks/i/menu?l=en&f=%2B1']);
    expect(body).toEqual(call.body);
    expect(request.headers).toMatchObject({ 'x-twilio-signature': 'abc', 'content-length': '6' });
    expect(request.headers.host).not.toBe('desk.example.org');
  });

  it('is answered as the other process answers', async () => {
    const answer = await forwarder.forward('voice', call);
    expect(answer).toMatchObject({
      ...{ status: 200, body: '<Response>好</Response>' },
      headers: { 'content-type': 'text/xml; charset=utf-8' },
    });
  });

  it('fails when the other process is away, so that the door can say so', async () => {
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    await expect(forwarder.forward('voice', call)).rejects.toThrow('ECONNREFUSED');
    host.listen(0, '127.0.0.1');
  });

  it('is one of a channel whose host has a place', () => {
    expect([forwarder.hosts('voice'), forwarder.hosts('line'), forwarder.hosts('sms')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
