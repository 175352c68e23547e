import type { TicketStreamEvent } from '@tributary/contracts';

/** How long a person would wait for it, on a busy machine. */
const WITHIN_MS = 60_000;

export interface StreamedEvent {
  /** Undefined for kinds that carry none. */
  readonly id: string | undefined;
  readonly kind: string;
  readonly data: unknown;
}

export interface StreamedTicketEvent extends StreamedEvent {
  readonly id: string;
  readonly data: TicketStreamEvent;
}

/** Reads a server-sent event stream (HTML standard, 9.2.6) and keeps everything that came. */
export class EventStream {
  readonly #events: StreamedEvent[] = [];
  readonly #abort = new AbortController();
  readonly #waiting = new Set<() => void>();

  /** Resolves when the server has answered; events come after. */
  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const stream = new EventStream();
    const response = await fetch(url, { headers, signal: stream.#abort.signal });
    if (response.status !== 200 || !response.body) {
      throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
    }
    void stream.#read(response.body).catch((error: Error) => {
      if (error.name !== 'AbortError') stream.#events.push({ id: undefined, kind: 'broken', data: error });
    });
    return stream;
  }

  get events(): readonly StreamedEvent[] {
    return this.#events;
  }

  get tickets(): readonly StreamedTicketEvent[] {
    return this.#events.filter((event): event is StreamedTicketEvent => event.kind === 'ticket');
  }

  /**
   * The first ticket event that fits, from the beginning of this stream; at once when it comes.
   *
   * @throws Error that names what did not come.
   */
  async ticket(what: string, fits: (event: TicketStreamEvent) => boolean): Promise<StreamedTicketEvent> {
    const end = performance.now() + WITHIN_MS;
    for (;;) {
      const found = this.tickets.find(({ data }) => fits(data));
      if (found) return found;
      const left = end - performance.now();
      if (left <= 0) throw new Error(`not on the stream within ${WITHIN_MS} ms: ${what}`);
      await this.#next(left);
    }
  }

  close(): void {
    this.#abort.abort();
  }

  #next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, withinMs);
      this.#waiting.add(go);
    });
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let buffered = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = `${buffered}${chunk}`.split('\n\n');
      buffered = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      if (name !== undefined) fields.set(name, value ?? '');
    }
    const data = fields.get('data');
    if (data === undefined) return;
    this.#events.push({
      id: fields.get('id'),
      kind: fields.get('event') ?? 'message',
      data: JSON.parse(data),
    });
    for (const go of this.#waiting) go();
  }
}
