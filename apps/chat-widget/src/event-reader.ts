/** One event of a server-sent stream. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** Takes a stream's text as it comes, in whatever pieces, and gives whole events (HTML standard, 9.2.6). */
export class EventParser {
  #rest = '';

  /** Comments, which only keep the line open, give nothing. */
  take(text: string): StreamEvent[] {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const event = { id: undefined as string | undefined, event: 'message', data: '' };
      for (const line of block.split('\n')) {
        const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (field === 'id' || field === 'event' || field === 'data') event[field] = value!;
      }
      return event.data === '' ? [] : [event];
    });
  }
}

export interface EventReaderParts {
  /** Opens the stream behind the event with this id. */
  readonly open: (after: string | undefined, signal: AbortSignal) => Promise<Response>;
  readonly heard: (event: StreamEvent) => void;
  readonly connection: (state: 'live' | 'lost') => void;
  /** Why a stream could not be opened. @returns false to give up. */
  readonly refused: (error: unknown) => boolean;
}

/** The desk says something every 15 s: a line that is silent for longer is dead, whatever the browser thinks. */
const SILENCE_MS = 25_000;
const LONGEST_WAIT_MS = 8000;
/** A hidden page gives its connection back: browsers have six for one origin, and a customer many tabs. */
const HIDDEN_MS = 60_000;

/**
 * Reads the customer's stream, and begins again behind the last event whenever it ends: at once when the network or the
 * page comes back, else after a wait that grows, with a part of chance so that not all pages come back at once.
 */
export class EventReader {
  #after: string | undefined;
  #stopped = false;
  #abort = new AbortController();
  #wake: () => void = () => undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(private readonly parts: EventReaderParts) {}

  start(): void {
    addEventListener('online', this.#now);
    document.addEventListener('visibilitychange', this.#visibility);
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener('online', this.#now);
    document.removeEventListener('visibilitychange', this.#visibility);
    clearTimeout(this.#hiddenTimer);
    this.#abort.abort();
    this.#wake();
  }

  readonly #now = (): void => {
    this.#attempt = 0;
    this.#wake();
  };

  readonly #visibility = (): void => {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#abort.abort(), HIDDEN_MS);
    else this.#now();
  };

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#abort = new AbortController();
      try {
        await this.#read(await this.parts.open(this.#after, this.#abort.signal));
      } catch (error) {
        if (!this.#stopped && !this.parts.refused(error)) return;
      }
      if (this.#stopped) return;
      this.parts.connection('lost');
      await this.#wait();
    }
  }

  async #read(answer: Response): Promise<void> {
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    const { signal } = this.#abort;
    const ended = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined)),
    );
    this.#attempt = 0;
    this.parts.connection('live');
    for (;;) {
      const silence = setTimeout(() => this.#abort.abort(), SILENCE_MS);
      const piece = await Promise.race([reader.read(), ended]).finally(() => clearTimeout(silence));
      if (!piece || piece.done) return;
      for (const event of parser.take(piece.value)) {
        this.parts.heard(event);
        if (event.id !== undefined) this.#after = event.id;
      }
    }
  }

  /** The first return is quick, since most breaks are short. */
  async #wait(): Promise<void> {
    const most = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#attempt++);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (!document.hidden) setTimeout(resolve, most * (0.5 + Math.random() / 2));
    });
  }
}
