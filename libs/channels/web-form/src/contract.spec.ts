import { readdirSync, readFileSync } from 'node:fs';
import type { FormSubmission } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { webForm } from './index.js';

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

channelContract(webForm, {
  kind: 'form',
  inbox: { id: '00000000-0000-7000-8000-0000000000f1', name: 'Help page', settings: { regions: ['cn'] } },
  recorded,
  inputOf: (bytes) => ({
    id: 'e1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
    fields: { email: 'ann@customer.example', text: new TextDecoder().decode(bytes) },
    files: [],
  }),
  delivery: {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: '00000000-0000-7000-8000-0000000000f1',
    channel: 'web_form',
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
    ticketNumber: '1042',
    to: { kind: 'email', value: 'ann@customer.example' },
    authorName: 'Ada',
    text: 'Which lamp is it?',
    files: [],
    threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
    references: [],
  },
});
