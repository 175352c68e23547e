import {
  type Account,
  NotSentError,
  type OutboundFile,
  type Recipient,
  UnknownRecipientError,
} from './account.js';
import type { SentLog } from './sent-log.js';

export type Answer = { readonly status: number } & Readonly<Record<string, unknown>>;

interface SendOrder {
  readonly to: Recipient;
  readonly text: string;
  readonly files: readonly OutboundFile[];
}

/**
 * Sends of the desk, one after the other. The library takes no id of ours, so what was begun and not finished by a
 * process that died is never begun again: the customer may have it.
 */
export class SendDoor {
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly account: Account,
    private readonly log: SentLog,
  ) {}

  answer(id: string, body: string): Promise<Answer> {
    const answer = this.#running.then(() => this.#answer(id, body));
    this.#running = answer.catch(() => undefined);
    return answer;
  }

  /** Resolves when what was asked for so far has its answer. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #answer(id: string, body: string): Promise<Answer> {
    const known = await this.log.find(id);
    if (known?.state === 'done') return { status: 200, ids: known.ids };
    if (known?.state === 'begun') {
      return { status: 409, error: 'the bridge stopped while it sent this: the customer may have it' };
    }
    const order = readOrder(body);
    if (order === undefined) return { status: 400, error: 'the call names nobody or nothing to send' };
    if (!this.account.isLoggedIn()) return { status: 503, error: 'the account is not logged in' };
    await this.log.write(id, { state: 'begun' });
    const sent: { id: string | undefined }[] = [];
    try {
      for (const part of partsOf(order)) sent.push({ id: await this.account.say(order.to, part) });
    } catch (error) {
      return this.#failed(id, error, sent.length);
    }
    const ids = sent.flatMap((each) => each.id ?? []);
    await this.log.write(id, { state: 'done', ids });
    return { status: 200, ids };
  }

  async #failed(id: string, error: unknown, sent: number): Promise<Answer> {
    if (error instanceof UnknownRecipientError) {
      await this.log.forget(id);
      return { status: 404, error: error.message };
    }
    if (error instanceof NotSentError && sent === 0) {
      await this.log.forget(id);
      return { status: 503, error: error.message };
    }
    const why = error instanceof Error ? error.message : String(error);
    const how = sent === 0 ? 'the customer may have it all the same' : `${sent} parts of it were sent`;
    return { status: 409, error: `WeChat did not take it (${why.slice(0, 300)}); ${how}` };
  }
}

function partsOf({ text, files }: SendOrder): readonly (string | OutboundFile)[] {
  return text.trim() === '' ? files : [text, ...files];
}

function readOrder(body: string): SendOrder | undefined {
  let order: unknown;
  try {
    order = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { to, text, files } = (order ?? {}) as Readonly<Record<string, unknown>>;
  const { kind, id } = (to ?? {}) as Readonly<Record<string, unknown>>;
  const isFor = (kind === 'contact' || kind === 'room') && typeof id === 'string' && id !== '';
  if (!isFor || typeof text !== 'string' || !Array.isArray(files)) return undefined;
  const read = (files as unknown[]).map(readFile).filter((file) => file !== undefined);
  if (read.length < files.length || (text.trim() === '' && read.length === 0)) return undefined;
  return { to: { kind, id }, text, files: read };
}

function readFile(file: unknown): OutboundFile | undefined {
  const { name, contentType, content } = (file ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof contentType !== 'string' || typeof content !== 'string')
    return undefined;
  return { name, contentType, content: Buffer.from(content, 'base64') };
}
