import { EventLogError } from './event-log.errors.js';
import type { LogPosition, NewRecord } from './event-log.js';

/** A value may have 1 MB, whatever the driver. */
const MAX_VALUE_BYTES = 1024 * 1024;

export interface GroupCommitOptions {
  /** Rejects when a topic cannot be appended to; then only the calls that name it fail. */
  readonly checkTopic: (topic: string) => Promise<unknown>;
  /** Makes all records durable or rejects; positions in the order given. */
  readonly flush: (records: readonly NewRecord[]) => Promise<readonly LogPosition[]>;
  /** Records a flush at most; 5,000 by default. A single call may be larger. */
  readonly maxRecords?: number;
  /** Bytes of values a flush at most; 8 MB by default. A single call may be larger. */
  readonly maxBytes?: number;
}

interface Call {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  resolve(positions: readonly LogPosition[]): void;
  reject(error: unknown): void;
}

/**
 * Turns many concurrent appends into few writes: while one flush is in flight, calls gather for the next. A call is
 * never split, so its records share one fate, and calls keep the order they came in.
 */
export class GroupCommit {
  readonly #checkTopic: GroupCommitOptions['checkTopic'];
  readonly #flush: GroupCommitOptions['flush'];
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #waiting: Call[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: GroupCommitOptions) {
    this.#checkTopic = options.checkTopic;
    this.#flush = options.flush;
    this.#maxRecords = options.maxRecords ?? 5000;
    this.#maxBytes = options.maxBytes ?? 8 * 1024 * 1024;
  }

  /** @throws EventLogError RECORD_TOO_LARGE, RECORD_INVALID, LOG_CLOSED: nothing of this call was tried. */
  async append(records: readonly NewRecord[]): Promise<readonly LogPosition[]> {
    if (this.#closed) throw new EventLogError('LOG_CLOSED', 'the log was closed');
    for (const record of records) checkRecord(record);
    if (records.length === 0) return [];
    const bytes = records.reduce((sum, record) => sum + record.value.byteLength, 0);
    const done = new Promise<readonly LogPosition[]>((resolve, reject) =>
      this.#waiting.push({ records, bytes, resolve, reject }),
    );
    this.#running ??= this.#run();
    return done;
  }

  /** Refuses new calls and resolves when those made before have their answer. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // Calls made in one turn of the event loop (many requests in one read of the sockets) share a flush.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#flushOnce(this.#take());
    this.#running = undefined;
  }

  #take(): readonly Call[] {
    let records = 0;
    let bytes = 0;
    const end = this.#waiting.findIndex((call, i) => {
      records += call.records.length;
      bytes += call.bytes;
      return i > 0 && (records > this.#maxRecords || bytes > this.#maxBytes);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #flushOnce(taken: readonly Call[]): Promise<void> {
    const calls = await this.#withKnownTopics(taken);
    if (calls.length === 0) return;
    try {
      const positions = await this.#flush(calls.flatMap((call) => call.records));
      let at = 0;
      for (const call of calls) call.resolve(positions.slice(at, (at += call.records.length)));
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  async #withKnownTopics(calls: readonly Call[]): Promise<readonly Call[]> {
    const faults = new Map<string, unknown>();
    const topics = new Set(calls.flatMap((call) => call.records.map((record) => record.topic)));
    await Promise.all(
      [...topics].map((topic) => this.#checkTopic(topic).catch((error: unknown) => faults.set(topic, error))),
    );
    if (faults.size === 0) return calls;
    return calls.filter((call) => {
      const unknown = call.records.find((record) => faults.has(record.topic));
      if (unknown) call.reject(faults.get(unknown.topic));
      return !unknown;
    });
  }
}

/** What one driver would keep and the other lose is refused by both. */
function checkRecord(record: NewRecord): void {
  if (record.value.byteLength > MAX_VALUE_BYTES) {
    const size = record.value.byteLength;
    throw new EventLogError('RECORD_TOO_LARGE', `a value of ${size} bytes for ${record.topic}; at most 1 MB`);
  }
  const texts = [record.key, ...Object.entries(record.headers ?? {}).flat()];
  if (texts.some((text) => text.includes('\0'))) {
    throw new EventLogError('RECORD_INVALID', `a key or header for ${record.topic} holds a NUL character`);
  }
}
