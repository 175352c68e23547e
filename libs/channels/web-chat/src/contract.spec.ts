import { readdirSync, readFileSync } from 'node:fs';
import type { FormSubmission } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { webChat } from './index.js';

const INBOX_ID = '00000000-0000-7000-8000-0000000000c1';
const VISITOR = '0190f3a2-7c5d-4e8a-9b0c-1d2e3f405170';

const folder = new URL('../fixtures/', import.meta.url);

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
  .map((name): ChannelFixture<FormSubmission> => ({
    name,
    input: read(name) as FormSubmission,
    events: read(name.replace(/json$/, 'expected.json')),
  }));

channelContract(webChat, {
  kind: 'form',
  inbox: {
    id: INBOX_ID,
    name: 'Shop',
    settings: {
      origins: ['https://shop.example.com', 'https://*.example.org', 'http://localhost:8080'],
      accent: '#1f6f5c',
      identitySecret: 'the secret of the shop, long enough for HMAC',
      signedOnly: true,
    },
  },
  recorded,
  inputOf: (bytes) => ({
    id: 'e1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
    fields: { visitor: VISITOR, text: new TextDecoder().decode(bytes) },
    files: [],
  }),
  delivery: {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405172',
    attempt: 1,
    inboxId: INBOX_ID,
    channel: 'web_chat',
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405173',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405174',
    ticketNumber: '1042',
    to: { kind: 'visitor', value: VISITOR },
    authorName: 'Ada',
    text: 'Which kettle is it?',
    files: [],
    threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
    references: [],
  },
});
