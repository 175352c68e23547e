import { type DeliveryReported, type Envelope, outboundReceipts } from '@tributary/contracts';
import { connectDataSource } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import type { EventLog, NewRecord } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import { channelMigrations } from './migrations/channel-migrations.js';
import { type ReceiptEvent, type SeenEvent, SentMessages } from './sent-messages.js';

const anInbox = (): HostedInbox => ({
  ...{ id: newId(), workspaceId: newId(), channel: 'whatsapp_cloud', name: 'Number', settings: {} },
});
const aReceipt = (externalId: string, change: Partial<ReceiptEvent> = {}): ReceiptEvent => ({
  ...{ kind: 'receipt', providerEventId: newId(), externalId, state: 'delivered' },
  ...change,
});
const payloadsOf = (records: readonly NewRecord[]) =>
  records.map(({ value }) => (JSON.parse(value.toString()) as Envelope<string, DeliveryReported>).payload);

describe.each<PostgresVersion>([15, 18])('what we sent, on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await testDatabase([channelMigrations], version);
    dataSource = await connectDataSource({ url: database.url, service: 'gateway' });
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  function messages(append?: () => Promise<void>) {
    const appended: NewRecord[] = [];
    const log = {
      async append(records: readonly NewRecord[]) {
        await append?.();
        appended.push(...records);
        return [];
      },
    } as unknown as EventLog;
    return { sent: new SentMessages(dataSource, log, new VirtualClock()), appended };
  }

  const aSend = () => ({ messageId: newId(), attempt: 2 });

  it('is found by each id that the provider gave it', async () => {
    const [inbox, send, { sent }] = [anInbox(), aSend(), messages()];
    await sent.remember(inbox, ['m1', 'm2'], send);
    await sent.remember(inbox, ['m1'], send);
    const records = await sent.match(inbox, [
      aReceipt('m1'),
      aReceipt('m2', { state: 'failed', detail: 'number unknown' }),
    ]);
    expect(payloadsOf(records)).toEqual([
      { ...send, externalId: 'm1', state: 'delivered' },
      {
        ...{ ...send, externalId: 'm2', state: 'failed' },
        ...{ errorCode: 'rejected_permanently', errorDetail: 'number unknown' },
      },
    ]);
    expect(records).toMatchObject([{ topic: outboundReceipts.name, key: send.messageId }, {}]);
  });

  it('has the reports of its last attempt, also when the provider gives that the id of the one before', async () => {
    const [inbox, send, { sent }] = [anInbox(), aSend(), messages()];
    await sent.remember(inbox, ['m1'], send);
    await sent.remember(inbox, ['m1'], { ...send, attempt: 3 });
    expect(payloadsOf(await sent.match(inbox, [aReceipt('m1')]))).toMatchObject([{ attempt: 3 }]);
  });

  it('is told from what others sent, and from what was sent in other inboxes', async () => {
    const [inbox, { sent }] = [anInbox(), messages()];
    await sent.remember(inbox, ['m1'], aSend());
    expect(await sent.ours(inbox, ['m1', 'm2'])).toEqual(new Set(['m1']));
    expect(await sent.ours({ ...inbox, id: newId() }, ['m1'])).toEqual(new Set());
    expect(await sent.ours(anInbox(), ['m1'])).toEqual(new Set());
  });

  it('has its reports also when they came before its id was known, in their order, once', async () => {
    const [inbox, send, { sent, appended }] = [anInbox(), aSend(), messages()];
    const early = [aReceipt('m1', { state: 'delivered' }), aReceipt('m1', { state: 'read' })];
    expect(await sent.match(inbox, early)).toEqual([]);
    expect(await sent.match(inbox, early)).toEqual([]);
    await sent.release(inbox);
    expect(appended).toEqual([]);
    await sent.remember(inbox, ['m1'], send);
    await sent.release(inbox);
    await sent.release(inbox);
    expect(payloadsOf(appended).map(({ messageId, state }) => [messageId, state])).toEqual([
      [send.messageId, 'delivered'],
      [send.messageId, 'read'],
    ]);
  });

  it('has its waiting reports with the next one, when the process died before it let them go', async () => {
    const [inbox, { sent, appended }] = [anInbox(), messages()];
    await sent.match(inbox, [aReceipt('m1')]);
    await sent.remember(inbox, ['m1'], aSend());
    await sent.match(inbox, [aReceipt('unknown')]);
    expect(payloadsOf(appended)).toMatchObject([{ externalId: 'm1' }]);
  });

  it('keeps a report waiting that the log did not take', async () => {
    const inbox = anInbox();
    let away = true;
    const { sent, appended } = messages(async () => {
      if (away) throw new Error('the log is away');
    });
    await sent.match(inbox, [aReceipt('m1')]);
    await sent.remember(inbox, ['m1'], aSend());
    await expect(sent.release(inbox)).rejects.toThrow('the log is away');
    away = false;
    await sent.release(inbox);
    expect(appended).toHaveLength(1);
  });

  it('loses no report when both come at the same moment', async () => {
    for (let round = 0; round < 30; round++) {
      const [inbox, { sent, appended }] = [anInbox(), messages()];
      const [matched] = await Promise.all([
        sent.match(inbox, [aReceipt('m1')]),
        sent.remember(inbox, ['m1'], aSend()).then(() => sent.release(inbox)),
      ]);
      expect(matched.length + appended.length).toBeGreaterThanOrEqual(1);
    }
  });

  it('is forgotten when nobody asks for it any more, and so are reports that waited in vain', async () => {
    const [inbox, { sent }] = [anInbox(), messages()];
    await sent.remember(inbox, ['m1'], aSend());
    await sent.match(inbox, [aReceipt('other')]);
    expect([await sent.forget(inbox), [...(await sent.ours(inbox, ['m1']))]]).toEqual([0, ['m1']]);
    await dataSource.transaction(async (manager) => {
      await manager.query(`SET LOCAL tributary.scope = '${inbox.workspaceId}'`);
      await manager.query(`UPDATE channels.sent_message SET sent_at = now() - interval '61 days'`);
      await manager.query(`UPDATE channels.waiting_receipt SET waits_since = now() - interval '8 days'`);
    });
    expect([await sent.forget(inbox), [...(await sent.ours(inbox, ['m1']))]]).toEqual([1, []]);
  });

  describe('and read until a moment', () => {
    const moment = (until: string, change: Partial<SeenEvent> = {}): SeenEvent => ({
      ...{ kind: 'seen', providerEventId: newId(), by: { kind: 'psid', value: 'ann' }, state: 'read' },
      until: new Date(until),
      ...change,
    });
    const to = (recipient: string, begunAt: string) => ({ recipient, begunAt: new Date(begunAt) });

    it('is all that was sent to that customer by then, once each, however many parts it had', async () => {
      const [inbox, { sent }] = [anInbox(), messages()];
      const [first, second, late, others] = [aSend(), aSend(), aSend(), aSend()];
      await sent.remember(inbox, ['m1', 'm2'], first, to('ann', '2026-11-24T10:00:00Z'));
      await sent.remember(inbox, ['m3'], second, to('ann', '2026-11-24T11:00:00Z'));
      await sent.remember(inbox, ['m4'], late, to('ann', '2026-11-24T12:00:01Z'));
      await sent.remember(inbox, ['m5'], others, to('bob', '2026-11-24T10:00:00Z'));
      await sent.remember(inbox, ['m6'], aSend());
      const read = moment('2026-11-24T12:00:00Z');
      const told = payloadsOf(await sent.until(inbox, [read]));
      expect(new Set(told.map(({ messageId }) => messageId))).toEqual(
        new Set([first.messageId, second.messageId]),
      );
      expect(told.map(({ state, attempt }) => [state, attempt])).toEqual([
        ['read', 2],
        ['read', 2],
      ]);
    });

    it('is told again until it was noted, and then of what came since alone', async () => {
      const [inbox, { sent }, [first, second]] = [anInbox(), messages(), [aSend(), aSend()]];
      await sent.remember(inbox, ['m1'], first, to('ann', '2026-11-24T10:00:00Z'));
      const delivered = moment('2026-11-24T12:00:00Z', { state: 'delivered' });
      const read = moment('2026-11-24T12:00:00Z');
      expect(await sent.until(inbox, [delivered])).toHaveLength(1);
      expect(await sent.until(inbox, [delivered])).toHaveLength(1);
      await sent.noted(inbox, [delivered]);
      expect(await sent.until(inbox, [delivered])).toEqual([]);
      expect(payloadsOf(await sent.until(inbox, [read]))).toMatchObject([{ state: 'read' }]);
      await sent.noted(inbox, [read]);
      await sent.remember(inbox, ['m2'], second, to('ann', '2026-11-24T13:00:00Z'));
      expect(await sent.until(inbox, [read, delivered])).toEqual([]);
      const later = payloadsOf(await sent.until(inbox, [moment('2026-11-24T14:00:00Z')]));
      expect(later).toMatchObject([{ messageId: second.messageId, state: 'read' }]);
    });
  });
});
