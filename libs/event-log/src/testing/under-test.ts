import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '@tributary/contracts';
import { createLogger, systemClock } from '@tributary/runtime';
import { createEventLog, type EventLogOptions } from '../create-event-log.js';
import type { EventLog, LogRecord, NewRecord, Outcome, RecordBatch, SubscribeOptions } from '../event-log.js';

type WithoutServices<T> = T extends unknown ? Omit<T, 'logger' | 'clock'> : never;

/** What opens a log, as plain data: it also crosses to the member that runs as a process of its own. */
export type LogAddress = WithoutServices<EventLogOptions>;

export interface LogUnderTest {
  readonly address: LogAddress;
  stop(): Promise<void>;
}

/** Another client of the log: its own connections, as another process would have. */
export function openLog(address: LogAddress): EventLog {
  return createEventLog({ ...address, logger: createLogger('spec', 'silent'), clock: systemClock });
}

/** A topic that no other test uses. */
export async function aTopic(log: EventLog, partitions = 1): Promise<Topic> {
  const topic: Topic = {
    name: `contract.${randomBytes(5).toString('hex')}`,
    description: 'of one test',
    key: 'as the test says',
    producers: [],
    consumers: [],
    partitions,
    retentionDays: 1,
    types: {},
  };
  await log.admin.ensureTopics([topic]);
  return topic;
}

export function aRecord(topic: Topic, key: string, text: string): NewRecord {
  return { topic: topic.name, key, value: Buffer.from(text) };
}

/** `count` records `<key>:0`, `<key>:1`, … under one key. */
export function someRecords(topic: Topic, key: string, count: number): NewRecord[] {
  return Array.from({ length: count }, (_, i) => aRecord(topic, key, `${key}:${i}`));
}

export function texts(records: readonly LogRecord[]): string[] {
  return records.map((record) => record.value.toString());
}

/** What a subscriber saw; handled batches count after their handler resolved. */
export class Consumed {
  readonly records: LogRecord[] = [];
  readonly batches: RecordBatch[] = [];
  readonly failures: Error[] = [];
  /** `+1` partition 1 came, `-1` it went. */
  readonly moves: string[] = [];
  readonly epochs: bigint[] = [];

  /** Options that record everything; `handler` decides the outcome, `done` for all by default. */
  options(
    topic: Topic,
    group: string,
    handler?: (batch: RecordBatch) => Promise<readonly Outcome[] | void>,
  ): SubscribeOptions {
    return {
      group,
      topic: topic.name,
      handler: async (batch) => {
        const outcomes = (await handler?.(batch)) ?? batch.records.map((): Outcome => ({ kind: 'done' }));
        this.batches.push(batch);
        this.records.push(...batch.records);
        return outcomes;
      },
      onAssigned: (_, partition, epoch) => {
        this.moves.push(`+${partition}`);
        this.epochs.push(epoch);
      },
      onRevoked: (_, partition) => void this.moves.push(`-${partition}`),
      onFailure: (error) => void this.failures.push(error),
    };
  }

  texts(): string[] {
    return texts(this.records);
  }
}

/** Resolves when the condition holds. @throws Error with what was awaited after `timeoutMs`. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}

/** A promise that a test resolves by hand. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
