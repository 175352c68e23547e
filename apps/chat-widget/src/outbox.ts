import type { NewMessage } from './chat-api.js';
import { FileStore } from './file-store.js';
import { alone, type Kept, randomId } from './kept.js';

/** A message that the desk does not have for sure yet. */
export interface Unsent {
  readonly clientId: string;
  readonly at: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly size: number; readonly contentType: string }[];
  /** Why it will never be taken; absent while it waits. */
  readonly refused?: string;
}

export interface OutboxParts {
  readonly kept: Kept;
  /** Of this customer, among the tabs of the browser. */
  readonly scope: string;
  /** @throws when it was not taken. */
  readonly send: (message: NewMessage) => Promise<void>;
  /** How long to wait before the same is tried again; a text says why that is of no use. */
  readonly judge: (error: unknown, tried: number) => number | string;
  readonly changed: () => void;
}

const ENTRY = 'out:';
const FILES_GONE = 'files_gone';

/**
 * What the customer wrote and the desk may not have: kept in the browser under the id that goes with it, so that a
 * reload, a broken line or a second tab changes nothing. Sent one after the other, by one tab at a time; what is sent
 * twice all the same is one message by its id.
 */
export class Outbox {
  readonly #files = new FileStore();
  /** Taken by the desk, and not told by its stream yet. */
  readonly #taken = new Map<string, Unsent>();
  readonly #channel: BroadcastChannel;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  /** Something was added while another was on its way. */
  #again = false;
  #tried = 0;

  constructor(private readonly parts: OutboxParts) {
    this.#channel = new BroadcastChannel(`tributary:${parts.scope}`);
    this.#channel.onmessage = ({ data }: MessageEvent<{ readonly taken?: Unsent }>) => {
      if (data.taken) this.#taken.set(data.taken.clientId, data.taken);
      this.parts.changed();
    };
    addEventListener('online', this.flush);
  }

  close(): void {
    removeEventListener('online', this.flush);
    clearTimeout(this.#timer);
    this.#channel.close();
  }

  /** In the order they were written, those of other tabs among them. */
  entries(): Unsent[] {
    return [...this.#taken.values(), ...this.#waiting()];
  }

  async add(fields: Readonly<Record<string, string>>, files: readonly File[]): Promise<void> {
    const clientId = randomId();
    if (files.length > 0) await this.#files.put(clientId, files);
    // Clocks of two tabs may stand at one millisecond; what was written later comes later.
    const at = Math.max(Date.now(), (this.#waiting().at(-1)?.at ?? 0) + 1);
    this.#save({
      ...{ clientId, at, fields },
      files: files.map(({ name, size, type }) => ({ name, size, contentType: type })),
    });
    this.#tell();
    this.flush();
  }

  /** The stream told it, so the desk has it, whatever became of the answer. */
  settle(clientId: string): void {
    const known = this.#taken.delete(clientId);
    const entry = this.#waiting().find((each) => each.clientId === clientId);
    if (entry) this.#remove(entry);
    if (known || entry) this.parts.changed();
  }

  /** Tries a refused one again. */
  again(clientId: string): void {
    const entry = this.#waiting().find((each) => each.clientId === clientId);
    if (!entry) return;
    const { refused: _refused, ...rest } = entry;
    this.#save(rest);
    this.#tell();
    this.flush();
  }

  discard(clientId: string): void {
    const entry = this.#waiting().find((each) => each.clientId === clientId);
    if (entry) this.#remove(entry);
    this.#tell();
  }

  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#again = this.#sending;
    if (this.#sending) return;
    this.#sending = true;
    alone(`${this.parts.scope}:outbox`, () => this.#sendAll())
      .catch(() => this.#later(1000))
      .finally(() => {
        this.#sending = false;
        if (this.#again) this.flush();
      });
  };

  async #sendAll(): Promise<void> {
    for (;;) {
      const entry = this.#waiting().find(({ refused }) => refused === undefined);
      if (!entry) return;
      const { clientId, fields } = entry;
      const files = entry.files.length === 0 ? [] : await this.#files.get(clientId);
      if (!files) {
        this.#refuse(entry, FILES_GONE);
        continue;
      }
      try {
        await this.parts.send({ clientId, fields, files });
      } catch (error) {
        const verdict = this.parts.judge(error, this.#tried++);
        if (typeof verdict === 'number') return this.#later(verdict);
        this.#refuse(entry, verdict);
        continue;
      }
      this.#tried = 0;
      this.#taken.set(clientId, entry);
      this.#remove(entry);
      this.#tell(entry);
    }
  }

  #later(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.flush, waitMs);
  }

  #refuse(entry: Unsent, refused: string): void {
    this.#save({ ...entry, refused });
    this.#tell();
  }

  #waiting(): Unsent[] {
    return this.parts.kept.names(ENTRY).flatMap((name) => {
      const text = this.parts.kept.get(name);
      return text === undefined ? [] : [JSON.parse(text) as Unsent];
    });
  }

  #save(entry: Unsent): void {
    this.parts.kept.set(nameOf(entry), JSON.stringify(entry));
  }

  #remove(entry: Unsent): void {
    this.parts.kept.remove(nameOf(entry));
    void this.#files.remove(entry.clientId);
  }

  #tell(taken?: Unsent): void {
    this.#channel.postMessage({ taken });
    this.parts.changed();
  }
}

function nameOf({ at, clientId }: Unsent): string {
  return `${ENTRY}${String(at).padStart(15, '0')}:${clientId}`;
}
