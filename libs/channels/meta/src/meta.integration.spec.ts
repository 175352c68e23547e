import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  ChannelInbox,
  ChannelModule,
  Inbound,
  InboundEvent,
  WebhookRequest,
} from '@tributary/channel-sdk';
import { type MetaAccount, MetaSimulator, simulatorPorts } from '@tributary/testing';
import { instagram, messenger, whatsappCloud } from './index.js';

type Door = Extract<Inbound, { kind: 'webhook' }>;

const page: MetaAccount = {
  ...{ product: 'messenger', id: '104551239876543', senderId: '104551239876543', displayNumber: '' },
};
const account: MetaAccount = {
  ...{ product: 'instagram', id: '17841405822304914', senderId: '104551239876543', displayNumber: '' },
};
const number: MetaAccount = {
  ...{
    product: 'whatsapp',
    id: '106540352242922',
    senderId: '106540352242922',
    displayNumber: '15550783881',
  },
};
const inbox: ChannelInbox = {
  id: '00000000-0000-7000-8000-0000000000e7',
  name: 'Acme',
  settings: {
    ...{
      appSecret: 'simulated app secret',
      accessToken: 'EAAG-simulated',
      verifyToken: 'simulated verify token',
    },
    ...{ pageId: page.id, accountId: account.id, phoneNumberId: number.id },
  },
};
const picture = {
  ...{ name: 'lamp.jpg', contentType: 'image/jpeg', content: Uint8Array.from([255, 216, 255, 224, 0, 16]) },
};
const signal = new AbortController().signal;
const MINUTE_MS = 60_000;

/** What a host does at its door, in short: verify, read, answer; an id that was seen before is a duplicate. */
class Host {
  readonly #seen = new Set<string>();
  readonly events: InboundEvent[] = [];
  /** Calls that are answered with 503 before any is taken. */
  away = 0;
  readonly #server: Server;

  constructor(door: Door) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'https://desk.example');
        const call = {
          ...{ method: request.method, path: '', url: url.href, body: Buffer.concat(chunks) },
          query: Object.fromEntries(url.searchParams),
          headers: request.headers,
        } as unknown as WebhookRequest;
        void this.#take(door, call).then(({ status, body }) => response.writeHead(status).end(body));
      });
    });
  }

  async #take(door: Door, call: WebhookRequest): Promise<{ status: number; body: string }> {
    if (!door.verify(call, inbox, new Date()).ok) return { status: 403, body: '' };
    if (this.away-- > 0) return { status: 503, body: '' };
    for (const event of await door.parse(call, inbox)) {
      if (event.kind === 'ignored' && event.reason === 'handshake') continue;
      if (!this.#seen.has(event.providerEventId)) this.events.push(event);
      this.#seen.add(event.providerEventId);
    }
    return door.answer(call, inbox);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks/i`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe.each([
  { channel: messenger, at: page, customer: { id: '6498723110425561' } },
  { channel: instagram, at: account, customer: { id: '1254459154682919' } },
  { channel: whatsappCloud, at: number, customer: { id: '16505551234', userId: 'US.13491208655302741918' } },
])('$channel.manifest.channel with Meta', ({ channel, at, customer }) => {
  let meta: MetaSimulator;
  let host: Host;

  beforeEach(async () => {
    meta = await MetaSimulator.start({ accounts: [page, account, number], backoffMs: 5 });
    host = new Host(channel.inbound as Door);
    await meta.subscribe(at.product, await host.listen());
  });
  afterEach(async () => {
    await meta.stop();
    await host.close();
  });

  const reply = (module: ChannelModule, files: readonly (typeof picture)[] = []) =>
    module.send(
      {
        ...{ messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162', attempt: 1, inboxId: inbox.id },
        ...{ channel: module.manifest.channel, conversationId: 'c', ticketId: 't', ticketNumber: '1' },
        ...{ authorName: 'Ada', text: 'Which lamp is it?', threadToken: 'x', references: [], files },
        to: customer.userId
          ? { kind: 'bsuid', value: customer.userId }
          : { kind: 'psid', value: customer.id },
      },
      inbox,
      simulatorPorts(meta.origins),
      signal,
    );

  it('reads what is signed elsewhere, with what Meta escapes', async () => {
    const id = await meta.writes(at, customer, { text: 'Grüße <b>100%</b> @home / 台灯 💡' });
    expect(host.events).toMatchObject([
      { kind: 'message', externalId: id, text: 'Grüße <b>100%</b> @home / 台灯 💡' },
    ]);
  });

  it('takes each of sixty messages once, delivered three times in any order', async () => {
    meta.calls.hold();
    const ids: string[] = [];
    for (let count = 0; count < 60; count++) ids.push(await meta.writes(at, customer, { text: `${count}` }));
    await meta.calls.release({ deliveries: 3, seed: 7 });
    expect(meta.calls.answers).toHaveLength(180);
    expect(host.events.map(({ providerEventId }) => providerEventId).toSorted()).toEqual(ids.toSorted());
  });

  it('is called again while the host is away, and nothing is missing', async () => {
    host.away = 3;
    const id = await meta.writes(at, customer, { text: 'Still there?' });
    expect(meta.calls.answers).toEqual([503, 503, 503, 200]);
    expect(host.events).toMatchObject([{ externalId: id }]);
  });

  it('opens a file while its address lives', async () => {
    await meta.writes(at, customer, { text: 'Look', file: picture });
    const [event] = host.events;
    const media = event?.kind === 'message' ? event.media : undefined;
    expect(media).toHaveLength(1);
    const file = await channel.fetchMedia(media![0]!, inbox, simulatorPorts(meta.origins), signal);
    expect(file).toMatchObject({ contentType: 'image/jpeg', content: picture.content });
    meta.advance(2 * 24 * 60 * MINUTE_MS);
    const later = channel.fetchMedia(media![0]!, inbox, simulatorPorts(meta.origins), signal);
    if (at.product === 'whatsapp') await expect(later).resolves.toMatchObject({ name: 'image.jpg' });
    else await expect(later).rejects.toMatchObject({ code: 'rejected_permanently' });
  });

  it('knows its own messages when they come back before the send is answered', async () => {
    await meta.writes(at, customer, { text: 'Hello' });
    const receipt = await reply(channel, [picture]);
    await meta.reports(meta.sent[0]!, 'delivered');
    const [, ...after] = host.events;
    const receipts = after.filter(({ kind }) => kind === 'receipt');
    expect(after.filter(({ kind }) => kind === 'message')).toEqual([]);
    expect(new Set(receipts.map((each) => (each as { externalId: string }).externalId))).toEqual(
      new Set([receipt.externalId]),
    );
    expect(receipts.at(-1)).toMatchObject({ state: 'delivered' });
  });
});

describe('whatsapp_cloud with Meta', () => {
  it('has one customer, whether the number is told or not', async () => {
    const meta = await MetaSimulator.start({ accounts: [number], backoffMs: 5 });
    const host = new Host(whatsappCloud.inbound as Door);
    await meta.subscribe('whatsapp', await host.listen());
    await meta.writes(number, { id: '16505551234', userId: 'US.1349' }, { text: 'With a number' });
    await meta.writes(number, { userId: 'US.1349' }, { text: 'Without' });
    await meta.stop();
    await host.close();
    expect(host.events.map((event) => (event.kind === 'message' ? event.from : undefined))).toMatchObject([
      { kind: 'bsuid', value: 'US.1349' },
      { kind: 'bsuid', value: 'US.1349' },
    ]);
  });
});
