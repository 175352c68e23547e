import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutboundSender } from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import {
  encodeRecord,
  type Envelope,
  type DeliveryReported,
  type InboxView,
  type MessageQueued,
  outboundMessages,
  outboundReceipts,
} from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { TwilioSimulator } from '@tributary/testing';
import { TestGateway, type TestWorkspace } from './testing/a-gateway.js';

const PUBLIC_URL = 'https://desk.example.org';
const OURS = '+14155550100';
const THEIRS = '+14155550123';
const PICTURE = Buffer.from('a picture of a lamp');

/** A gateway that is known by `publicUrl`, an account at Twilio, and what the gateway's sender is handed. */
async function open(publicUrl: string) {
  const twilio = await TwilioSimulator.start();
  const gateway = await TestGateway.open(CHANNEL_MODULES, {
    publicUrl,
    providerOrigins: new Map([['https://api.twilio.com', twilio.origin]]),
  });
  await gateway.app.listen(0, '127.0.0.1');
  const url = await gateway.app.getUrl();
  twilio.reach(publicUrl, url);
  /** Paths under `/media` that were asked for, in their order. */
  const fetched: string[] = [];
  gateway.app.getHttpServer().on('request', ({ url: path = '' }: { url?: string }) => {
    if (path.startsWith('/media/')) fetched.push(path);
  });
  const workspace = await gateway.workspace();
  const { sid: accountSid, authToken } = twilio.account;
  const inbox = await workspace.inbox({
    ...{ channel: 'sms', settings: { accountSid, authToken, sender: OURS } },
  });
  twilio.assign(OURS, inbox.publicAddress!);
  return { twilio, gateway, workspace, inbox, url, fetched };
}

async function send(gateway: TestGateway, workspace: TestWorkspace, inbox: InboxView) {
  const stored = await gateway.context.objects.put(workspace.id, PICTURE);
  const payload: MessageQueued = {
    ...{ messageId: newId(), attempt: 1, inboxId: inbox.id, channel: 'sms', conversationId: newId() },
    ...{ ticketId: newId(), ticketNumber: '1', to: { kind: 'phone', value: THEIRS }, authorName: 'Li' },
    ...{ text: 'This one', threadToken: 't', references: [] },
    attachments: [{ ...stored, name: '灯 1.png', contentType: 'image/png', disposition: 'attachment' }],
  };
  const value = encodeRecord({
    ...{ id: newId(), type: 'message.queued', version: 1, workspaceId: workspace.id },
    ...{ occurredAt: new Date().toISOString(), payload },
  });
  await gateway.app.get(OutboundSender).handle({
    ...{ topic: outboundMessages.name, partition: 0, epoch: 1n, signal: new AbortController().signal },
    heartbeat: async () => undefined,
    records: [
      {
        ...{ topic: outboundMessages.name, partition: 0, offset: 0n, key: '', value, headers: {} },
        appendedAt: new Date(),
      },
    ],
  });
  return payload.messageId;
}

describe('a file of a reply, for a provider that fetches it', () => {
  let desk: Awaited<ReturnType<typeof open>>;

  beforeAll(async () => {
    desk = await open(PUBLIC_URL);
  });
  afterAll(async () => {
    await desk.twilio.stop();
    await desk.gateway.end();
  });

  const ask = (method: 'GET' | 'HEAD', path: string) => fetch(`${desk.url}${path}`, { method });

  it('is fetched from us as it is, and arrives', async () => {
    await send(desk.gateway, desk.workspace, desk.inbox);
    const [sent] = desk.twilio.sentTo(THEIRS);
    expect(sent).toMatchObject({ body: 'This one', media: [{ contentType: 'image/png' }] });
    expect(Buffer.from(sent!.media[0]!.content).equals(PICTURE)).toBe(true);
  });

  it('opens without a sign-in, as a download of its type that no page can use', async () => {
    const path = desk.fetched[0]!;
    const answer = await ask('GET', path);
    expect([answer.status, Buffer.from(await answer.arrayBuffer()).equals(PICTURE)]).toEqual([200, true]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ 'content-type': 'image/png', 'content-length': String(PICTURE.length) },
      ...{ 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" },
      'content-disposition': "attachment; filename*=UTF-8''%E7%81%AF%201.png",
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
    const head = await ask('HEAD', path);
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'image/png',
      '',
    ]);
  });

  it('opens nothing else: changed, listed or run out, all are the same 404', async () => {
    const path = desk.fetched[0]!;
    const changed = path.replace(/\/media\/./, (head) => (head.endsWith('0') ? '/media/1' : '/media/0'));
    desk.gateway.clock.advance(31 * 86_400_000);
    const answers = await Promise.all(
      [changed, path, `${path}.html`, '/media/', '/media/x', '/media/..%2f..%2fetc/passwd'].map((each) =>
        ask('GET', each),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    const bodies = await Promise.all(answers.slice(0, 3).map((answer) => answer.json()));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });
});

describe('a file of a reply, where nobody can fetch it', () => {
  it('is refused before it leaves, in words that say so', async () => {
    const { twilio, gateway, workspace, inbox } = await open('http://desk.example.org');
    const messageId = await send(gateway, workspace, inbox);
    expect(twilio.account.messages).toEqual([]);
    const reports = await reportsOn(gateway, messageId);
    expect(reports).toMatchObject([
      { state: 'failed', errorCode: 'unsupported', errorDetail: expect.stringContaining('public https') },
    ]);
    await twilio.stop();
    await gateway.end();
  });
});

async function reportsOn({ log }: TestGateway, messageId: string): Promise<DeliveryReported[]> {
  const found: DeliveryReported[] = [];
  for (let partition = 0; partition < outboundReceipts.partitions; partition++) {
    for (const { value } of await log.admin.read(outboundReceipts.name, partition, 0n, 1000)) {
      const { payload } = JSON.parse(value.toString()) as Envelope<string, DeliveryReported>;
      if (payload.messageId === messageId) found.push(payload);
    }
  }
  return found;
}
