import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import type { InboxView } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { type Answer, type Ask, PUBLIC_URL, TestGateway, type TestWorkspace } from '../testing/a-gateway.js';
import { madeUpChannel, type MadeUpMessage, madeUpSignature } from '../testing/made-up-channel.js';

const SECRET = 'a secret of the made-up provider';
const refusal = { status: 403, body: { code: 'REFUSED', title: 'Not allowed' } };
/** Beside the made-up channel, which stands in for one of them. */
const REAL = CHANNEL_MODULES.filter(({ manifest }) => manifest.channel !== 'line');
const tryAgain = { status: 503, headers: { 'retry-after': '2' } };

let gateway: TestGateway;
let workspace: TestWorkspace;

async function open(...channels: readonly ChannelModule[]): Promise<void> {
  gateway = await TestGateway.open(channels);
  workspace = await gateway.workspace();
}

const anInbox = (): Promise<InboxView> => workspace.inbox({ channel: 'line', settings: { secret: SECRET } });

const aMessage = (change: Partial<MadeUpMessage> = {}): MadeUpMessage => ({
  ...{ id: newId(), from: 'customer-1', text: '你好 👋' },
  ...change,
});

interface Call {
  readonly messages?: readonly MadeUpMessage[];
  readonly body?: Buffer;
  readonly signature?: string;
  readonly path?: string;
  readonly headers?: Ask['headers'];
}

/** A call as the provider makes it. */
function call(inboxId: string, { messages = [aMessage()], path = '', ...change }: Call = {}) {
  const body = change.body ?? Buffer.from(JSON.stringify({ messages }));
  const signature = change.signature ?? madeUpSignature(SECRET, body);
  const headers = { 'content-type': 'application/json', 'x-signature': signature, ...change.headers };
  return gateway.ask<{ readonly code?: string } | string>('POST', `/hooks/${inboxId}${path}`, {
    headers,
    body,
  });
}

describe('a call of a provider', () => {
  beforeAll(() => open(madeUpChannel()));
  afterAll(() => gateway.end());

  it('is made to the address that the administrator was shown', async () => {
    const { id, publicAddress } = await anInbox();
    expect(publicAddress).toBe(`${PUBLIC_URL}/hooks/${id}`);
  });

  it('is answered as the channel says when its message is in the log', async () => {
    const { id } = await anInbox();
    const message = aMessage();
    expect(await call(id, { messages: [message] })).toMatchObject({
      ...{ status: 200, body: 'success', headers: { 'content-type': 'text/plain' } },
    });
    expect(await gateway.accepted(id)).toMatchObject([{ providerEventId: message.id, text: message.text }]);
  });

  it('keeps its bytes as they came, whatever they claim to be', async () => {
    const { id } = await anInbox();
    const body = Buffer.from(`{ "messages" : ${JSON.stringify([aMessage()])} }\r\n`);
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/xml', 'image/png']) {
      expect((await call(id, { body, headers: { 'content-type': type } })).status).toBe(200);
    }
    const kept = (await gateway.accepted(id)).map(({ raw }) => Buffer.from(raw.content ?? '', 'base64'));
    expect(kept).toEqual([body, body, body, body]);
  });

  it('with several messages appends them all in their order', async () => {
    const { id } = await anInbox();
    const messages = ['one', 'two', 'three'].map((text) => aMessage({ text }));
    await call(id, { messages });
    expect((await gateway.accepted(id)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  it('is seen by the channel with the public address and what follows the inbox’s own', async () => {
    const { id } = await anInbox();
    await call(id, { path: '/status/a%20b?x=1&y=%E9%80%80' });
    expect((await gateway.accepted(id))[0]!.fields).toEqual({
      path: '/status/a b',
      url: `${PUBLIC_URL}/hooks/${id}/status/a%20b?x=1&y=%E9%80%80`,
    });
  });

  it('that comes three times at once has one id in the log, by which its message is one', async () => {
    const { id } = await anInbox();
    const messages = [aMessage()];
    const answers = await Promise.all([1, 2, 3].map(() => call(id, { messages })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const ids = (await gateway.accepted(id)).map(({ providerEventId }) => providerEventId);
    expect([...new Set(ids)]).toEqual([messages[0]!.id]);
  });

  it('that the channel cannot read is kept, with the same id each time, and answered', async () => {
    const { id } = await anInbox();
    const body = Buffer.from('{"messages":');
    expect([(await call(id, { body })).status, (await call(id, { body })).status]).toEqual([200, 200]);
    const [first, second] = await gateway.accepted(id);
    expect(first).toMatchObject({ reason: 'PARSE_FAILED', raw: { content: body.toString('base64') } });
    expect(second!.providerEventId).toBe(first!.providerEventId);
  });
});

describe('what is refused', () => {
  beforeAll(() => open(madeUpChannel(), ...REAL));
  afterAll(() => gateway.end());

  it.each([
    ['a wrong signature', { signature: '0'.repeat(64) }],
    ['no signature', { signature: '' }],
    ['one changed byte', { signature: madeUpSignature(SECRET, Buffer.from('{"messages":[]}')) }],
    [
      'another account’s secret',
      { signature: madeUpSignature('another', Buffer.from('x')), body: Buffer.from('x') },
    ],
  ])('is %s, and nothing of it is kept', async (_, change) => {
    const { id } = await anInbox();
    expect(await call(id, change)).toMatchObject(refusal);
    expect(await gateway.accepted(id)).toEqual([]);
  });

  it('looks the same whether there is such an inbox or not', async () => {
    const { id } = await anInbox();
    const form = await workspace.form();
    const forged = await call(id, { signature: 'x' });
    for (const other of [newId(), 'no-id', form, '%00']) {
      const answer = await call(other);
      expect([answer.status, answer.body]).toEqual([forged.status, forged.body]);
    }
  });

  it('is everything while the inbox is switched off', async () => {
    const { id } = await anInbox();
    await workspace.changeInbox(id, { enabled: false });
    expect(await call(id)).toMatchObject(refusal);
    await workspace.changeInbox(id, { enabled: true });
    gateway.clock.advance(3000);
    expect((await call(id)).status).toBe(200);
  });

  it('tells no secret in the log lines', async () => {
    const { id } = await anInbox();
    await call(id, { signature: 'x' });
    expect(gateway.lines.join('')).toContain('BAD_SIGNATURE');
    expect(gateway.lines.join('')).not.toContain(SECRET);
  });

  it('is a body over 25 MB, and one at the limit is not', async () => {
    const { id } = await anInbox();
    const padded = (size: number) =>
      Buffer.concat([Buffer.from(JSON.stringify({ messages: [aMessage()] })), Buffer.alloc(size, 0x20)]);
    expect((await call(id, { body: padded(30_000_000) })).status).toBe(413);
    expect((await call(id, { body: padded(24_000_000) })).status).toBe(200);
    expect(await gateway.accepted(id)).toMatchObject([{ raw: { size: expect.any(Number) } }]);
  });

  it('is a body over 25 MB that does not say its length', async () => {
    const { id } = await anInbox();
    await gateway.app.listen(0, '127.0.0.1');
    const outgoing = request(`${await gateway.app.getUrl()}/hooks/${id}`, { method: 'POST' });
    const status = await new Promise((resolve, reject) => {
      outgoing.once('response', (answer) => resolve(answer.resume().statusCode)).once('error', reject);
      for (let sent = 0; sent < 30; sent++) outgoing.write(Buffer.alloc(1_000_000));
      outgoing.end();
    });
    expect(status).toBe(413);
  });
});

describe('while something behind the door is away', () => {
  beforeEach(() => open(madeUpChannel(1500)));
  afterEach(() => gateway.end());

  /** Nothing can be written or read there until it is let go. */
  const hold = async (table: string): Promise<() => Promise<unknown>> => {
    const holder = gateway.owner.createQueryRunner();
    await holder.query('BEGIN');
    await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return async () => {
      await holder.query('ROLLBACK');
      await holder.release();
    };
  };

  it('a log that hangs costs the provider no more than it waits, and it calls again', async () => {
    const { id } = await anInbox();
    const messages = [aMessage()];
    const letGo = await hold('log.record');
    const answer = await call(id, { messages });
    expect(answer).toMatchObject(tryAgain);
    await letGo();
    expect((await call(id, { messages })).status).toBe(200);
    const ids = (await gateway.accepted(id)).map(({ providerEventId }) => providerEventId);
    expect([...new Set(ids)]).toEqual([messages[0]!.id]);
  });

  it('a directory that hangs is answered in time as well', async () => {
    const { id } = await anInbox();
    const letGo = await hold('directory.inbox_route');
    const answers: Answer<unknown>[] = [await call(id)];
    await letGo();
    answers.push(await call(id));
    expect(answers).toMatchObject([tryAgain, { status: 200 }]);
  });

  it('a log that is gone makes the provider call again', async () => {
    const { id } = await anInbox();
    await gateway.log.close();
    expect(await call(id)).toMatchObject(tryAgain);
  });

  it('a database that is gone makes the provider call again', async () => {
    const { id } = await anInbox();
    const { dataSource } = gateway.context;
    await dataSource.destroy();
    expect(await call(id)).toMatchObject(tryAgain);
    await dataSource.initialize();
  });
});
