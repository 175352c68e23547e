import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestMicroservice } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Topic } from '@tributary/contracts';
import { type TestDatabase, testDatabase } from '@tributary/database/testing';
import { createLogger } from '@tributary/runtime';
import { logMigrations } from '../embedded/log-schema.js';
import {
  type EventLog,
  type Outcome,
  type OutcomeCount,
  type RecordBatch,
  RetryableError,
} from '../event-log.js';
import { aRecord, eventually, openLog, someRecords } from '../testing/under-test.js';
import { Consumes, OnAssigned, OnRevoked, type PartitionMove } from './consumes.decorator.js';
import { EventLogStrategy } from './event-log.strategy.js';

const orders: Topic = {
  name: 'spec.orders',
  description: 'of this spec',
  key: 'order id',
  producers: [],
  consumers: [],
  partitions: 2,
  retentionDays: 1,
  types: {},
};

/** What the controller was given, and what it shall do next. */
@Injectable()
class Notebook {
  readonly seen: string[] = [];
  readonly moves: string[] = [];
  readonly failWith: Error[] = [];
}

@Controller()
class OrdersController {
  constructor(private readonly notebook: Notebook) {}

  @Consumes(orders, { group: 'spec', maxBatch: 2 })
  async apply(batch: RecordBatch): Promise<readonly Outcome[]> {
    const failure = this.notebook.failWith.shift();
    if (failure) throw failure;
    this.notebook.seen.push(batch.records.map((record) => record.value.toString()).join('+'));
    return batch.records.map(() => ({ kind: 'done' }));
  }

  @OnAssigned(orders, 'spec')
  came({ topic, partition, epoch }: Required<PartitionMove>): void {
    this.notebook.moves.push(`+${topic}/${partition}@${epoch}`);
  }

  @OnRevoked(orders, 'spec')
  async went({ topic, partition }: PartitionMove): Promise<void> {
    this.notebook.moves.push(`-${topic}/${partition}`);
  }
}

@Module({ controllers: [OrdersController], providers: [Notebook] })
class OrdersModule {}

describe('handlers declared the Nest way', () => {
  let database: TestDatabase;
  let log: EventLog;
  let app: INestMicroservice;
  let notebook: Notebook;
  const failures: Error[] = [];
  const counts: OutcomeCount[] = [];

  beforeAll(async () => {
    database = await testDatabase([logMigrations]);
  });

  beforeEach(async () => {
    log = openLog({ driver: 'embedded', url: database.url, service: 'tickets' });
    await log.admin.ensureTopics([orders]);
    const strategy = new EventLogStrategy({
      log,
      logger: createLogger('spec', 'silent'),
      onFailure: (error) => void failures.push(error),
      onOutcome: (count) => counts.push(count),
    });
    app = await NestFactory.createMicroservice(OrdersModule, { strategy, logger: false });
    notebook = app.get(Notebook);
    await app.listen();
  });

  afterEach(async () => {
    await app.close();
    await log.close();
    failures.length = 0;
    counts.length = 0;
  });

  afterAll(() => database.drop());

  it('gives the controller batches as large as its decorator says, and counts its outcomes', async () => {
    await log.append(someRecords(orders, 'a', 4));
    await eventually('both batches', () => notebook.seen.length === 2);
    expect(notebook.seen).toEqual(['a:0+a:1', 'a:2+a:3']);
    expect(counts).toEqual([
      { group: 'spec', topic: 'spec.orders', kind: 'done', reason: undefined, count: 2 },
      { group: 'spec', topic: 'spec.orders', kind: 'done', reason: undefined, count: 2 },
    ]);
  });

  it('tells it which partitions came and went', async () => {
    await eventually('both partitions', () => notebook.moves.length === 2);
    expect(notebook.moves.toSorted()[0]).toMatch(/^\+spec\.orders\/0@\d+$/);
    await app.close();
    expect(notebook.moves.slice(2).toSorted()).toEqual(['-spec.orders/0', '-spec.orders/1']);
  });

  it('lets a RetryableError through as what it is: the batch comes again', async () => {
    notebook.failWith.push(new RetryableError('away'), new RetryableError('still away'));
    await log.append([aRecord(orders, 'a', 'again')]);
    await eventually('the third attempt', () => notebook.seen.length === 1);
    expect(failures).toEqual([]);
  });

  it('hands the very error of a bug to onFailure', async () => {
    const bug = new TypeError('a bug');
    notebook.failWith.push(bug);
    await log.append([aRecord(orders, 'a', 'poison')]);
    await eventually('the failure', () => failures.length === 1);
    expect(failures[0]).toBe(bug);
  });

  it('fails to start when a topic is missing', async () => {
    const elsewhere = await testDatabase([logMigrations]);
    const empty = openLog({ driver: 'embedded', url: elsewhere.url, service: 'tickets' });
    const strategy = new EventLogStrategy({
      log: empty,
      logger: createLogger('spec', 'silent'),
      onFailure: () => undefined,
    });
    const orphan = await NestFactory.createMicroservice(OrdersModule, { strategy, logger: false });
    await expect(orphan.listen()).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    await empty.close();
    await elsewhere.drop();
  });

  it('refuses two handlers of one group and topic', () => {
    const strategy = new EventLogStrategy({
      log,
      logger: createLogger('spec', 'silent'),
      onFailure: () => undefined,
    });
    strategy.addHandler('batches spec spec.orders', async () => [], true);
    expect(() => strategy.addHandler('batches spec spec.orders', async () => [], true)).toThrow(
      /two handlers/,
    );
  });
});
