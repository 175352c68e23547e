import { readdirSync, readFileSync } from 'node:fs';
import type { WebhookRequest } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { telegram } from './index.js';
import { aDelivery, anInbox } from './testing/telegram-play.js';

const folder = new URL('../fixtures/', import.meta.url);

function request(body: Uint8Array): WebhookRequest {
  return {
    method: 'POST',
    path: '',
    query: {},
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': 'a-secret_for-acme-0001',
    },
    body,
    url: `https://desk.example.org/hooks/${anInbox().id}`,
  };
}

const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
  .map((name): ChannelFixture<WebhookRequest> => ({
    name,
    input: request(Uint8Array.from(readFileSync(new URL(name, folder)))),
    events: JSON.parse(readFileSync(new URL(name.replace(/json$/, 'expected.json'), folder), 'utf8')),
  }));

channelContract(telegram, {
  kind: 'webhook',
  inbox: anInbox(),
  recorded,
  inputOf: request,
  delivery: aDelivery(),
  secretHeader: 'x-telegram-bot-api-secret-token',
});
