import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelError, type ChannelModule, type SendPolicy } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { type DeliveryReported, type Envelope, type MessageQueued } from '@tributary/contracts';
import { connectDataSource } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import type { EventLog, NewRecord } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import type { Breaker } from './inbox-breaker.js';
import { channelMigrations } from './migrations/channel-migrations.js';
import { outboundWay } from './outbound-way.js';
import { DatabaseSendPace } from './send-pace.js';
import { anOutboundBatch, aQueuedMessage } from './testing/an-outbound-batch.js';

const anInbox = (): HostedInbox => ({
  ...{ id: newId(), workspaceId: newId(), channel: 'telegram', name: 'Bot', settings: {} },
});

interface Left {
  readonly text: string;
  readonly inboxId: string;
  readonly to: string;
  readonly at: number;
}

describe.each<PostgresVersion>([15, 18])('turns to send, on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const running: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    database = await testDatabase([channelMigrations], version);
    dataSource = await connectDataSource({ url: database.url, service: 'gateway' });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  /** Processes that share the database, a provider that keeps count, and the log they report to. */
  function aHost(options: {
    readonly perSecond: SendPolicy['perSecond'];
    readonly inboxes: readonly HostedInbox[];
    readonly replicas?: number;
    readonly refuses?: (text: string, tried: number) => ChannelError | undefined;
    /** Free unless told otherwise. */
    readonly breaker?: Breaker;
  }) {
    const left: Left[] = [];
    const reports: DeliveryReported[] = [];
    const tries = new Map<string, number>();
    const channel = {
      manifest: { channel: 'telegram', sendPolicy: { windows: [], templates: false, ...options } },
      async send({ text, inboxId, to }: MessageQueued) {
        tries.set(text, (tries.get(text) ?? 0) + 1);
        const refusal = options.refuses?.(text, tries.get(text)!);
        if (refusal) throw refusal;
        left.push({ text, inboxId, to: to.value, at: performance.now() });
        return { state: 'sent' as const };
      },
    } as unknown as ChannelModule;
    const log = {
      async append(records: readonly NewRecord[]) {
        for (const { value } of records) {
          reports.push((JSON.parse(value.toString()) as Envelope<string, DeliveryReported>).payload);
        }
        return [];
      },
    } as unknown as EventLog;
    const inboxes = {
      byId: async (id: string) => options.inboxes.find((inbox) => inbox.id === id),
      byMailAddress: async () => undefined,
      ofChannel: async () => options.inboxes,
      forget: () => undefined,
    };
    const ways = Array.from({ length: options.replicas ?? 1 }, () =>
      outboundWay({
        ...{ channels: [channel], inboxes, log, dataSource, objects: {} as ObjectStore },
        ...{ ports: () => unreachablePorts, clock: systemClock, logger: createLogger('spec', 'silent') },
        sent: { remember: async () => undefined, release: async () => undefined },
        breaker: options.breaker ?? { holds: async () => undefined, wait: async () => undefined },
      }),
    );
    running.push(...ways.map(({ waitingRoom }) => waitingRoom));
    const reported = async (count: number) => {
      while (reports.length < count) await sleep(20);
    };
    return { ways, left, reports, reported };
  }

  const aMessage = (inbox: HostedInbox, text: string, conversationId: string) =>
    aQueuedMessage(inbox, text, { conversationId, to: { kind: 'telegram', value: conversationId } });
  const aBatch = anOutboundBatch;

  it('are given one by one, however many replicas ask at once', async () => {
    const inbox = anInbox();
    const replicas = Array.from({ length: 4 }, () => new DatabaseSendPace(dataSource));
    const send = { contact: 'ann', messages: 1, perSecond: { inbox: 1, contact: null } };
    const waits = await Promise.all(replicas.map((pace) => pace.take(inbox, send)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(1);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    expect(await replicas[0]!.take(anInbox(), send)).toBe(0);
  });

  it('of one customer are another’s too only where the inbox has a limit', async () => {
    const [inbox, pace] = [anInbox(), new DatabaseSendPace(dataSource)];
    const send = (contact: string) => ({ contact, messages: 1, perSecond: { inbox: null, contact: 1 } });
    expect(await pace.take(inbox, send('ann'))).toBe(0);
    expect(await pace.take(inbox, send('ann'))).toBeGreaterThan(0);
    expect(await pace.take(inbox, send('bob'))).toBe(0);
  });

  it('are nobody’s while the provider wants a pause, of whichever limit', async () => {
    const [inbox, pace] = [anInbox(), new DatabaseSendPace(dataSource)];
    await pace.hold(inbox, 60_000);
    await pace.hold(inbox, 10);
    const free = { contact: 'ann', messages: 1, perSecond: { inbox: null, contact: null } };
    expect(await pace.take(inbox, free)).toBeGreaterThan(30_000);
  });

  it('keep the pace of an inbox and each conversation’s order, over replicas, and lose nothing', async () => {
    const inbox = anInbox();
    const host = aHost({ perSecond: { inbox: 20, contact: null }, inboxes: [inbox], replicas: 3 });
    for (const { waitingRoom } of host.ways) waitingRoom.start();
    const conversations = [newId(), newId(), newId()];
    // Each conversation is of one partition, so of one replica's consumer.
    await Promise.all(
      host.ways.map(({ sender }, i) =>
        sender.handle(
          aBatch(
            Array.from({ length: 10 }, (_, n) =>
              aMessage(inbox, `${i} ${String(n).padStart(2)}`, conversations[i]!),
            ),
          ),
        ),
      ),
    );
    await host.reported(30);
    expect(new Set(host.left.map(({ text }) => text)).size).toBe(30);
    expect(host.left).toHaveLength(30);
    for (const conversation of conversations) {
      const texts = host.left.filter(({ to }) => to === conversation).map(({ text }) => text);
      expect(texts).toEqual(texts.toSorted());
    }
    // 30 turns at 20 a second have 29 gaps of 50 ms by the database's clock.
    expect(host.left.at(-1)!.at - host.left[0]!.at).toBeGreaterThan(29 * 50 - 100);
  });

  it('that one inbox waits for hold up no other in the same partition', async () => {
    const [slow, quick] = [anInbox(), anInbox()];
    const host = aHost({
      ...{ perSecond: { inbox: null, contact: null }, inboxes: [slow, quick] },
      refuses: (text, tried) =>
        text === 'first' && tried === 1 ? new ChannelError('rate_limited', 'slow down', 3000) : undefined,
    });
    const conversation = newId();
    const [{ sender }] = host.ways as [(typeof host.ways)[0]];
    await sender.handle(
      aBatch([
        aMessage(slow, 'first', conversation),
        aMessage(slow, 'second', conversation),
        aMessage(slow, 'of another', newId()),
        aMessage(quick, 'elsewhere', newId()),
      ]),
    );
    expect(host.left.map(({ text }) => text)).toEqual(['elsewhere']);
    await host.reported(4);
    const texts = host.left.map(({ text }) => text);
    expect(texts.toSorted()).toEqual(['elsewhere', 'first', 'of another', 'second']);
    expect(texts.indexOf('first')).toBeLessThan(texts.indexOf('second'));
  });

  it('end behind the fault of a provider that went away meanwhile, in their order', async () => {
    const inbox = anInbox();
    const held: string[] = [];
    const host = aHost({
      ...{ perSecond: { inbox: null, contact: null }, inboxes: [inbox] },
      refuses: (text, tried) =>
        text === 'first'
          ? new ChannelError(tried === 1 ? 'rate_limited' : 'unavailable', 'not now', 300)
          : undefined,
      breaker: {
        holds: async () => (held.length > 0 ? { code: 'unavailable', detail: 'not now' } : undefined),
        wait: async (_inbox, { payload }) => void held.push((payload as MessageQueued).text),
      },
    });
    const conversation = newId();
    const [{ sender }] = host.ways as [(typeof host.ways)[0]];
    await sender.handle(
      aBatch([aMessage(inbox, 'first', conversation), aMessage(inbox, 'second', conversation)]),
    );
    await host.reported(2);
    expect(held).toEqual(['first', 'second']);
    expect(host.reports).toMatchObject([{ state: 'queued' }, { state: 'queued' }]);
    expect(host.left).toEqual([]);
  });

  it('of a process that died are taken by the next one', async () => {
    const inbox = anInbox();
    const perSecond = { inbox: null, contact: null };
    const away = aHost({
      ...{ perSecond, inboxes: [inbox] },
      refuses: () => new ChannelError('rate_limited', 'slow down', 300),
    });
    await away.ways[0]!.sender.handle(aBatch([aMessage(inbox, 'kept', newId())]));
    await away.ways[0]!.waitingRoom.stop();
    expect(away.left).toEqual([]);
    const next = aHost({ perSecond, inboxes: [inbox] });
    next.ways[0]!.waitingRoom.start();
    await next.reported(1);
    expect(next.left.map(({ text }) => text)).toEqual(['kept']);
  });
});
