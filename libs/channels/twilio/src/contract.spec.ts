import { readdirSync, readFileSync } from 'node:fs';
import type { WebhookRequest } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { sms, voice, whatsapp } from './index.js';

const INBOX = '00000000-0000-7000-8000-0000000000a1';
const settings = {
  accountSid: 'AC0123456789abcdef0123456789abcdef',
  authToken: '12345',
  sender: '+14155550100',
};

/** A request as it stands in a file: request line, headers, an empty line, the body's bytes. */
function requestIn(file: Buffer): WebhookRequest {
  const end = file.indexOf('\n\n');
  const [line = '', ...lines] = file.subarray(0, end).toString().split('\n');
  const [method, target = ''] = line.split(' ');
  const headers = Object.fromEntries(
    lines.map((each) => [each.split(': ')[0]!.toLowerCase(), each.slice(each.indexOf(': ') + 2)]),
  );
  const url = new URL(`https://${headers['host']}${target}`);
  return {
    ...{
      method: method === 'GET' ? 'GET' : 'POST',
      path: url.pathname.slice(`/hooks/${INBOX}`.length),
      query: Object.fromEntries(url.searchParams),
      headers,
    },
    ...{ body: Uint8Array.from(file.subarray(end + 2)), url: url.href },
  };
}

function recordedIn(name: string): ChannelFixture<WebhookRequest>[] {
  const folder = new URL(`../fixtures/${name}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.http'))
    .map((file) => ({
      name: file,
      input: requestIn(readFileSync(new URL(file, folder))),
      events: JSON.parse(readFileSync(new URL(file.replace('.http', '.expected.json'), folder), 'utf8')),
    }));
}

/** Two languages and the three ways that an option leads. */
const definition = JSON.stringify({
  greeting: { en: 'Welcome.', zh: '欢迎。' },
  menu: [
    { key: '1', say: { en: 'a question', zh: '咨询' }, then: 'voicemail' },
    { key: '2', say: { en: 'a repair', zh: '维修' }, type: 'repair', skill: 'lamps' },
    { key: '9', say: { en: 'a callback', zh: '回电' }, then: 'callback' },
  ],
});

for (const [channel, kind, to] of [
  [sms, 'webhook', '+14155550123'],
  [whatsapp, 'webhook', '+4915155501234'],
  [voice, 'call', '+14155550123'],
] as const) {
  const medium = channel.manifest.channel;
  channelContract(channel, {
    kind,
    inbox: {
      id: INBOX,
      name: 'Hotline',
      settings: channel === voice ? { ...settings, definition } : settings,
    },
    recorded: recordedIn(medium),
    inputOf: (body) => ({
      ...{ method: 'POST', path: '', query: {}, headers: {} },
      ...{ body, url: `https://desk.example.org/hooks/${INBOX}` },
    }),
    delivery: {
      messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
      attempt: 1,
      inboxId: INBOX,
      channel: medium,
      conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
      ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
      ticketNumber: '1042',
      to: { kind: 'phone', value: to },
      authorName: 'Ada',
      text: 'It left our house today.',
      files: [],
      threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
      references: [],
    },
  });
}
