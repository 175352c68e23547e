import { readdirSync, readFileSync } from 'node:fs';
import type { ChannelInbox, OutboundDelivery, WebhookRequest } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { wechaty } from './index.js';

const inbox: ChannelInbox = {
  id: '00000000-0000-7000-8000-0000000000f3',
  name: 'Shop',
  settings: {
    riskAccepted: true,
    bridgeUrl: 'https://bridge.example.com',
    signingSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  },
};
const delivery: OutboundDelivery = {
  messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
  attempt: 1,
  inboxId: inbox.id,
  channel: 'wechaty',
  conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
  ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
  ticketNumber: '1042',
  to: { kind: 'wechaty', value: 'wxid_8f2c1a' },
  authorName: 'Ada',
  text: '灯亮了吗？',
  files: [],
  threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
  references: [],
};

const folder = new URL('../fixtures/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));
/** A line each: file, id, timestamp, signature. */
const signatures = new Map(
  read('signatures.txt')
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([name = '', id = '', at = '', signature = '']) => [
      name,
      { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature },
    ]),
);

function request(body: Uint8Array, headers: WebhookRequest['headers'] = {}): WebhookRequest {
  const url = `https://desk.example.org/hooks/${inbox.id}`;
  return { method: 'POST', path: '', query: {}, headers, body, url };
}

channelContract(wechaty, {
  kind: 'webhook',
  inbox,
  recorded: [...signatures].map(([name, headers]): ChannelFixture<WebhookRequest> => ({
    name,
    input: request(Uint8Array.from(read(name)), headers),
    events: JSON.parse(read(name.replace(/json$/, 'expected.json')).toString()) as unknown,
  })),
  inputOf: request,
  delivery,
  now: new Date('2026-11-24T10:30:00Z'),
  staleAfterMs: 300_000,
});

if (readdirSync(folder).filter((name) => name.endsWith('.expected.json')).length !== signatures.size) {
  throw new Error('a fixture is not signed');
}
