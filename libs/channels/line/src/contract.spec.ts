import { readdirSync, readFileSync } from 'node:fs';
import type { WebhookRequest } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { line } from './index.js';
import { aDelivery, anInbox } from './testing/line-play.js';

const folder = new URL('../fixtures/', import.meta.url);
const signatures = new Map(
  readFileSync(new URL('signatures.txt', folder), 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(' ') as [string, string]),
);

function request(body: Uint8Array, signature?: string): WebhookRequest {
  return {
    method: 'POST',
    path: '',
    query: {},
    headers: signature === undefined ? {} : { 'x-line-signature': signature },
    body,
    url: `https://desk.example.org/hooks/${anInbox().id}`,
  };
}

const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
  .map((name): ChannelFixture<WebhookRequest> => ({
    name,
    input: request(Uint8Array.from(readFileSync(new URL(name, folder))), signatures.get(name)),
    events: JSON.parse(readFileSync(new URL(name.replace(/json$/, 'expected.json'), folder), 'utf8')),
  }));

channelContract(line, {
  kind: 'webhook',
  inbox: anInbox(),
  recorded,
  inputOf: request,
  delivery: aDelivery(),
});
