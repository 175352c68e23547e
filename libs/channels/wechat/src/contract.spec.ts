import { readdirSync, readFileSync } from 'node:fs';
import type { ChannelInbox, OutboundDelivery, PollItem, WebhookRequest } from '@tributary/channel-sdk';
import { channelContract, type ChannelFixture } from '@tributary/channel-sdk/testing';
import { wechatMini, wechatOa, wecomKf } from './index.js';

/** The accounts that the fixtures were sealed for; keys from public samples of the vendor's scheme. */
const account: ChannelInbox = {
  id: '00000000-0000-7000-8000-0000000000f1',
  name: 'Shop',
  settings: {
    appId: 'wx49f0ab532d5d035a',
    appSecret: 'app-secret-of-nobody',
    callbackToken: '123456',
    encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
  },
};
const company: ChannelInbox = {
  id: '00000000-0000-7000-8000-0000000000f2',
  name: 'Shop',
  settings: {
    corpId: 'ww49f0ab532d5d035a',
    secret: 'kf-secret-of-nobody',
    openKfIds: ['wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q'],
    callbackToken: '123456',
    encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
  },
};
const fixtures = new URL('../fixtures/', import.meta.url);

function read<Input>(
  folder: string,
  extension: string,
  inputOf: (bytes: Buffer) => Input,
): ChannelFixture<Input>[] {
  const names = readdirSync(new URL(folder, fixtures)).filter((name) => !name.endsWith('.expected.json'));
  return names.map((name) => ({
    name: `${folder}${name}`,
    input: inputOf(readFileSync(new URL(`${folder}${name}`, fixtures))),
    events: JSON.parse(
      readFileSync(new URL(`${folder}${name.replace(extension, '.expected.json')}`, fixtures), 'utf8'),
    ) as unknown,
  }));
}

/** A request as it is kept: its line, an empty line, its body. */
function webhook(bytes: Buffer): WebhookRequest {
  const end = bytes.indexOf('\n\n');
  const [method, target = ''] = bytes.toString('latin1', 0, end).split(' ');
  return { ...request(bytes.subarray(end + 2), target), method: method === 'GET' ? 'GET' : 'POST' };
}

function request(body: Uint8Array, target = '/'): WebhookRequest {
  const url = new URL(target, 'https://desk.example.org');
  const query = Object.fromEntries(url.searchParams);
  return { method: 'POST', path: '', query, headers: {}, body, url: url.href };
}

function item(raw: Uint8Array): PollItem {
  const id = /"msgid":"([^"]+)"/.exec(Buffer.from(raw).toString())?.[1] ?? 'strangers-bytes';
  return { id, raw };
}

function deliveryFrom(inbox: ChannelInbox, channel: OutboundDelivery['channel']): OutboundDelivery {
  return {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: inbox.id,
    channel,
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
    ticketNumber: '1042',
    to: { kind: 'openid', value: 'oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s' },
    authorName: 'Ada',
    text: '灯亮了吗？',
    files: [],
    threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
    references: [],
  };
}

channelContract(wechatOa, {
  kind: 'webhook',
  inbox: account,
  recorded: read('oa/', '.http', webhook),
  inputOf: (body) => request(body),
  delivery: deliveryFrom(account, 'wechat_oa'),
});

channelContract(wechatMini, {
  kind: 'webhook',
  inbox: account,
  recorded: read('mini/', '.http', webhook),
  inputOf: (body) => request(body),
  delivery: deliveryFrom(account, 'wechat_mini'),
});

channelContract(wecomKf, {
  kind: 'pull',
  inbox: company,
  recorded: read('kf/', '.json', item),
  calls: readdirSync(new URL('kf-calls/', fixtures)).map((name) => ({
    name,
    input: webhook(readFileSync(new URL(`kf-calls/${name}`, fixtures))),
  })),
  inputOf: item,
  delivery: deliveryFrom(company, 'wecom_kf'),
});
