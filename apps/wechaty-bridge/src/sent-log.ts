import { type DurableFiles, nameOf } from './durable-files.js';

/** What is known of a send: `begun` and no more, when the process died in the middle of it. */
export type SendRecord =
  { readonly state: 'begun' } | { readonly state: 'done'; readonly ids: readonly string[] };

/** Which sends were begun and which were made, so that one that is asked for twice leaves once. */
export class SentLog {
  constructor(private readonly files: DurableFiles) {}

  async find(id: string): Promise<SendRecord | undefined> {
    const bytes = await this.files.read(nameOf(id));
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as SendRecord);
  }

  write(id: string, record: SendRecord): Promise<void> {
    return this.files.write(nameOf(id), JSON.stringify(record));
  }

  forget(id: string): Promise<void> {
    return this.files.remove(nameOf(id));
  }
}
