import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ChannelInbox, ChannelModule, OutboundDelivery, WebhookRequest } from '@tributary/channel-sdk';
import { type ChannelFixture, channelContract } from '@tributary/channel-sdk/testing';
import { instagram, messenger, whatsappCloud } from './index.js';

const APP_SECRET = 'an app secret of nobody';

const access = { accessToken: 'EAAG-token', appSecret: APP_SECRET, verifyToken: 'a word of ours' };
const settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  messenger: { ...access, pageId: '104551239876543' },
  instagram: { ...access, pageId: '104551239876543', accountId: '17841405822304914' },
  whatsapp_cloud: { ...access, phoneNumberId: '106540352242922' },
};

function call(body: Uint8Array): WebhookRequest {
  return {
    method: 'POST',
    path: '/hooks/x',
    query: {},
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`,
    },
    body,
    url: 'https://desk.example/hooks/x',
  };
}

function recordedOf(channel: string): ChannelFixture<WebhookRequest>[] {
  const folder = new URL(`../fixtures/${channel}/`, import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'))
    .map((name) => ({
      name,
      input: call(Uint8Array.from(readFileSync(new URL(name, folder)))),
      events: JSON.parse(readFileSync(new URL(name.replace(/json$/, 'expected.json'), folder), 'utf8')),
    }));
}

const recipients: Readonly<Record<string, OutboundDelivery['to']>> = {
  messenger: { kind: 'psid', value: '6498723110425561' },
  instagram: { kind: 'igsid', value: '1254459154682919' },
  whatsapp_cloud: { kind: 'bsuid', value: 'US.13491208655302741918' },
};

function keepsTheContract(module: ChannelModule): void {
  const { channel } = module.manifest;
  const inbox: ChannelInbox = {
    id: '00000000-0000-7000-8000-0000000000e7',
    name: 'Acme',
    settings: settings[channel]!,
  };
  channelContract(module, {
    kind: 'webhook',
    inbox,
    recorded: recordedOf(channel),
    inputOf: call,
    delivery: {
      messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
      attempt: 1,
      inboxId: inbox.id,
      channel,
      conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
      ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
      ticketNumber: '1042',
      to: recipients[channel]!,
      authorName: 'Ada',
      text: 'Which lamp is it?',
      files: [],
      threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
      references: [],
    },
  });
}

keepsTheContract(messenger);
keepsTheContract(instagram);
keepsTheContract(whatsappCloud);
