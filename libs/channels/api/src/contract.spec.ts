import { readdirSync, readFileSync } from 'node:fs';
import type { WebhookRequest } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { api } from './index.js';
import { aDelivery, anInbox, aRequest, SIGNED_AT } from './testing/api-play.js';

const folder = new URL('../fixtures/', import.meta.url);
const proofs = new Map(
  readFileSync(new URL('signatures.txt', folder), 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(' '))
    .map(([name = '', id = '', signature = '']) => [
      name,
      { 'webhook-id': id, 'webhook-timestamp': '1614265330', 'webhook-signature': signature },
    ]),
);

const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
  .map((name): ChannelFixture<WebhookRequest> => ({
    name,
    input: aRequest({
      headers: { 'content-type': 'application/json', ...proofs.get(name) },
      body: Uint8Array.from(readFileSync(new URL(name, folder))),
    }),
    events: JSON.parse(readFileSync(new URL(name.replace(/json$/, 'expected.json'), folder), 'utf8')),
  }));

channelContract(api, {
  kind: 'webhook',
  inbox: anInbox(),
  recorded,
  inputOf: (body) => aRequest({ body }),
  delivery: aDelivery(),
  now: SIGNED_AT,
  staleAfterMs: 300_000,
});
