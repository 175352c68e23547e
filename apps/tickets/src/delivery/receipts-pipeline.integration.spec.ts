import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeliveryReported, type DeliveryState, outboundReceipts } from '@tributary/contracts';
import type { SignedInPerson } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { aMessage, encoded } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace, told } from '../testing/a-desk.js';

describe('what adapters report becomes the state of each reply', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let agent: SignedInPerson;
  let ticketId: string;
  let messageId: string;

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    await workspace.promise({ firstReply: 3600 });
    agent = await workspace.person('Li');
    await desk.receive([aMessage().inInbox(workspace.inbox())]);
    ticketId = String((await workspace.tickets())[0]!['id']);
    desk.clock.advance(60_000);
    messageId = await reply();
  });
  afterAll(() => desk.end());

  it('moves up, with the provider’s id, and tells the ticket’s streams', async () => {
    expect(await report({ state: 'sent', externalId: '<r1@desk>' })).toEqual(['done']);
    expect(await delivery()).toMatchObject({ state: 'sent', attempt: 1 });
    expect((await workspace.messages()).at(-1)).toMatchObject({ external_id: '<r1@desk>' });
    expect((await workspace.rows('event', 'id')).at(-1)).toMatchObject({
      type: 'message.delivery',
      changes: { state: 'sent' },
      message_id: messageId,
    });
  });

  it.each([
    ['sent', 'delivered', true],
    ['delivered', 'read', true],
    ['sent', 'failed', true],
    ['delivered', 'sent', false],
    ['read', 'delivered', false],
    ['sent', 'sent', false],
    ['failed', 'sent', false],
    ['failed', 'read', false],
  ] as [DeliveryState, DeliveryState, boolean][])('from %s to %s: %s', async (from, to, moves) => {
    await report({ state: from });
    expect(await report({ state: to })).toEqual([moves ? 'done' : 'ignored NOT_UPWARDS']);
    expect(await delivery()).toMatchObject({ state: moves ? to : from });
  });

  it('says why a reply waits, and forgets it once the reply is out', async () => {
    const waits = { state: 'queued', errorCode: 'unavailable', errorDetail: 'the provider is away' } as const;
    expect(await report(waits)).toEqual(['done']);
    expect(await delivery()).toMatchObject({ state: 'queued', error_code: 'unavailable' });
    expect(await report(waits)).toEqual(['ignored NOT_UPWARDS']);
    expect(await clock()).toMatchObject({ phase: 'stopped' });
    await report({ state: 'sent' });
    expect(await delivery()).toMatchObject({ state: 'sent', error_code: null });
    expect(await report(waits)).toEqual(['ignored NOT_UPWARDS']);
  });

  it('believes no report of an attempt that is not under way', async () => {
    expect(await report({ state: 'failed', attempt: 2 })).toEqual(['ignored NOT_UPWARDS']);
    await report({ state: 'failed', errorCode: 'unavailable' });
    await desk.commands.retry(agent, messageId);
    expect(await report({ state: 'delivered', attempt: 1 })).toEqual(['ignored NOT_UPWARDS']);
    expect(await report({ state: 'sent', attempt: 2 })).toEqual(['done']);
    expect(await delivery()).toMatchObject({ state: 'sent', attempt: 2, error_code: null });
  });

  it('believes no bounce that names another mail than the one that was sent', async () => {
    await report({ state: 'sent', externalId: '<r1@desk>' });
    expect(await report({ state: 'failed', externalId: '<guess@desk>' })).toEqual(['ignored OTHER_MESSAGE']);
    expect(await delivery()).toMatchObject({ state: 'sent' });
    expect(await report({ state: 'failed', externalId: '<r1@desk>' })).toEqual(['done']);
  });

  it('ignores reports on messages that the workspace does not have', async () => {
    const other = await desk.workspace();
    const foreign = encoded(other.id, 'delivery.reported', { messageId, attempt: 1, state: 'read' });
    expect(await report({ messageId: newId(), state: 'sent' })).toEqual(['ignored UNKNOWN_MESSAGE']);
    expect(told(await desk.receipts.handle(desk.batch(outboundReceipts, [foreign])))).toEqual([
      'ignored UNKNOWN_MESSAGE',
    ]);
    expect(await delivery()).toMatchObject({ state: 'queued' });
  });

  it('applies a report once', async () => {
    const once = encoded(workspace.id, 'delivery.reported', { messageId, attempt: 1, state: 'sent' });
    expect(told(await desk.receipts.handle(desk.batch(outboundReceipts, [once, once])))).toEqual([
      'done',
      'duplicate',
    ]);
    expect(told(await desk.receipts.handle(desk.batch(outboundReceipts, [once])))).toEqual(['duplicate']);
  });

  it('stores what a provider said, whatever characters it used', async () => {
    expect(
      await report({ state: 'failed', errorCode: 'rejected_permanently', errorDetail: '550 \0\ud800' }),
    ).toEqual(['done']);
    expect(await delivery()).toMatchObject({
      error_code: 'rejected_permanently',
      error_detail: '550 \ufffd\ufffd',
    });
  });

  it('keeps the provider’s id of an earlier report of the same batch, and holds it against a forged one', async () => {
    const reports: Partial<DeliveryReported>[] = [
      { state: 'sent', externalId: '<r1@desk>' },
      { state: 'delivered' },
      { state: 'failed', externalId: '<guess@desk>' },
    ];
    const values = reports.map((parts) =>
      encoded(workspace.id, 'delivery.reported', { messageId, attempt: 1, ...parts }),
    );
    expect(told(await desk.receipts.handle(desk.batch(outboundReceipts, values)))).toEqual([
      'done',
      'done',
      'ignored OTHER_MESSAGE',
    ]);
    expect((await workspace.messages()).at(-1)).toMatchObject({ external_id: '<r1@desk>' });
  });

  it('lets the first-reply clock go on when the reply that stopped it failed', async () => {
    expect(await clock()).toMatchObject({ phase: 'stopped', replyId: messageId });
    await report({ state: 'failed' });
    expect(await clock()).toMatchObject({ phase: 'running', stoppedAt: null });
  });

  it('keeps the clock stopped by the next reply that stands', async () => {
    desk.clock.advance(60_000);
    const second = await reply();
    await report({ state: 'failed' });
    expect(await clock()).toMatchObject({
      phase: 'stopped',
      replyId: second,
      stoppedAt: desk.clock.now().getTime(),
    });
  });

  it.each([
    ['in their order', false],
    ['the later one first', true],
  ])('lets the clock go on when all replies failed in one batch, %s', async (_, reversed) => {
    const ids = [messageId, await reply()];
    const values = (reversed ? ids.toReversed() : ids).map((id) =>
      encoded(workspace.id, 'delivery.reported', { messageId: id, attempt: 1, state: 'failed' }),
    );
    await desk.receipts.handle(desk.batch(outboundReceipts, values));
    expect(await clock()).toMatchObject({ phase: 'running', stoppedAt: null });
  });

  const reply = () =>
    desk.commands.addMessage(agent, {
      ...{ ticketId, direction: 'outbound', text: 'Hello', uploadIds: [], idempotencyKey: newId() },
    });
  const delivery = async () =>
    (await workspace.rows('delivery', 'at')).find((row) => row['message_id'] === messageId);
  const clock = async () => (await workspace.rows('metric_instance', 'metric'))[0]!['clock'];
  const report = async (parts: Partial<DeliveryReported>) => {
    const value = encoded(workspace.id, 'delivery.reported', { messageId, attempt: 1, ...parts });
    return told(await desk.receipts.handle(desk.batch(outboundReceipts, [value])));
  };
});
