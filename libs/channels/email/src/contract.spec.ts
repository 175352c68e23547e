import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import type { PollItem } from '@tributary/channel-sdk';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { email } from './index.js';

const folder = new URL('../fixtures/', import.meta.url);

function item(raw: Uint8Array): PollItem {
  return { id: createHash('sha256').update(raw).digest('hex'), raw };
}

const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name): ChannelFixture<PollItem> => {
    const expected = readFileSync(new URL(name.replace(/eml$/, 'expected.json'), folder), 'utf8');
    return {
      name,
      input: item(Uint8Array.from(readFileSync(new URL(name, folder)))),
      events: JSON.parse(expected),
    };
  });

channelContract(email, {
  kind: 'poll',
  inbox: {
    id: '00000000-0000-7000-8000-0000000000e1',
    name: 'Support',
    settings: {
      address: 'help@acme.example',
      displayName: 'Acme Support',
      imapHost: 'imap.acme.example',
      imapUser: 'help',
      imapPassword: 'imap secret',
      smtpHost: 'smtp.acme.example',
      smtpUser: 'help',
      smtpPassword: 'smtp secret',
    },
  },
  recorded,
  inputOf: item,
  delivery: {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: '00000000-0000-7000-8000-0000000000e1',
    channel: 'email',
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
