import {
  type Acceptance,
  type HostedInbox,
  inboundEvents,
  type InboxLookup,
  type PollInbound,
} from '@tributary/channel-host';
import type { Logger } from '@tributary/runtime';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface SmtpListenerOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Bytes of one mail; 25 MB by default. */
  readonly maxBytes?: number;
  /** Bytes of all mails that are in hand at a time; 512 MB by default. */
  readonly maxHeldBytes?: number;
}

export interface SmtpListenerParts {
  readonly inboxes: InboxLookup;
  readonly inbound: Pick<PollInbound, 'parse'>;
  readonly acceptance: Acceptance;
  readonly logger: Logger;
}

const MAX_BYTES = 25 * 1024 * 1024;
const MAX_CLIENTS = 100;
/** Bytes of all mails in hand at a time: a hundred large ones would not fit into the process. */
const MAX_HELD_BYTES = 512 * 1024 * 1024;
/** Sessions that are in the middle of a mail get this long at the end; their senders try again later. */
const CLOSE_MS = 3000;

/** A refusal as SMTP says it; smtp-server sends `responseCode` and then the message. */
class SmtpRefusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Takes mail that is handed over to us by SMTP: forwarded by a mail server, or sent by anyone on a laptop. Only
 * for addresses of our inboxes. `250` is said when every event is durable, so a mail is either ours or the sender
 * still has it; a mail that is sent again has the same bytes and so the same id.
 */
export class SmtpListener {
  readonly #options: SmtpListenerOptions;
  readonly #parts: SmtpListenerParts;
  readonly #server: SMTPServer;
  #heldBytes = 0;

  constructor(options: SmtpListenerOptions, parts: SmtpListenerParts) {
    this.#options = options;
    this.#parts = parts;
    this.#server = new SMTPServer({
      banner: 'Tributary',
      // Nobody signs in: who may hand mail over is a matter of who can reach the port.
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      size: options.maxBytes ?? MAX_BYTES,
      maxClients: MAX_CLIENTS,
      socketTimeout: 60_000,
      closeTimeout: CLOSE_MS,
      logger: false,
      onRcptTo: (address, _session, callback) => void answer(callback, this.#inboxOf(address.address)),
      onData: (stream, session, callback) => void answer(callback, this.#receive(stream, session)),
    });
    // A client that drops its connection is no event for anybody.
    this.#server.on('error', (error: Error) =>
      parts.logger.debug({ reason: error.message }, 'smtp_client_failed'),
    );
  }

  /** @returns the port it listens on. */
  async listen(): Promise<number> {
    const { host = '127.0.0.1', port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Takes no new connection and ends those that are open; resolves within seconds. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  async #inboxOf(address: string): Promise<HostedInbox> {
    const inbox = await this.#parts.inboxes.byMailAddress(address).catch((error: unknown) => {
      this.#parts.logger.error({ err: error }, 'inbox_lookup_failed');
      throw new SmtpRefusal(451, '4.3.0 Try again later');
    });
    if (inbox === undefined) throw new SmtpRefusal(550, '5.1.1 No inbox has this address');
    return inbox;
  }

  async #receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const held = { bytes: 0 };
    try {
      return await this.#accept(await this.#bytes(stream, held), session);
    } finally {
      this.#heldBytes -= held.bytes;
    }
  }

  async #accept(raw: Buffer, { envelope: { mailFrom, rcptTo } }: SMTPServerSession): Promise<string> {
    const sender = mailFrom ? mailFrom.address : '';
    const id = createHash('sha256').update(raw).digest('hex');
    for (const { inbox, recipient } of await this.#recipients(rcptTo.map(({ address }) => address))) {
      const events = await inboundEvents(
        () => id,
        () => this.#parts.inbound.parse({ id, raw, recipient, sender }, inbox),
      );
      await this.#parts.acceptance.accept(inbox, raw, events).catch((error: unknown) => {
        this.#parts.logger.error({ err: error, inboxId: inbox.id }, 'mail_not_accepted');
        throw new SmtpRefusal(451, '4.3.0 The mail could not be stored, try again later');
      });
    }
    return `2.0.0 Stored as ${id.slice(0, 16)}`;
  }

  /** One entry an inbox, by the recipient that says most: a plus part names the conversation. */
  async #recipients(
    addresses: readonly string[],
  ): Promise<readonly { readonly inbox: HostedInbox; readonly recipient: string }[]> {
    const byInbox = new Map<string, { inbox: HostedInbox; recipient: string }>();
    for (const recipient of addresses) {
      const inbox = await this.#inboxOf(recipient);
      const known = byInbox.get(inbox.id);
      if (!known || (!known.recipient.includes('+') && recipient.includes('+'))) {
        byInbox.set(inbox.id, { inbox, recipient });
      }
    }
    return [...byInbox.values()];
  }

  /**
   * The whole mail; what does not fit is read to its end and thrown away, as SMTP wants it.
   *
   * @param held counts what this mail has in hand.
   */
  async #bytes(stream: SMTPServerDataStream, held: { bytes: number }): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let isBusy = false;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      isBusy ||= this.#heldBytes + chunk.length > (this.#options.maxHeldBytes ?? MAX_HELD_BYTES);
      if (isBusy || stream.sizeExceeded) {
        chunks.length = 0;
        continue;
      }
      chunks.push(chunk);
      held.bytes += chunk.length;
      this.#heldBytes += chunk.length;
    }
    if (stream.sizeExceeded) throw new SmtpRefusal(552, '5.3.4 The mail is too large');
    if (isBusy) throw new SmtpRefusal(451, '4.3.1 Too many mails at a time, try again later');
    return Buffer.concat(chunks);
  }
}

/** Callback style for smtp-server; what is no refusal of ours is not told to strangers. */
async function answer(
  callback: (error?: Error | null, message?: string) => void,
  work: Promise<unknown>,
): Promise<void> {
  try {
    const result = await work;
    callback(null, typeof result === 'string' ? result : undefined);
  } catch (error) {
    callback(error instanceof SmtpRefusal ? error : new SmtpRefusal(451, '4.3.0 Try again later'));
  }
}
