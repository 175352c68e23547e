import type { InboxView } from '@tributary/contracts';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Desk } from '../system/desk.js';
import { eventually } from '../system/eventually.js';

/** Where the demo's customers read the answers: a mail server that takes everything, on this machine. */
export class CustomerMailbox {
  readonly #mails: { readonly to: string; readonly raw: string }[] = [];
  readonly #server: SMTPServer;
  #restore: (() => Promise<unknown>) | undefined;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const raw = Buffer.concat(chunks).toString('utf8');
          for (const { address } of session.envelope.rcptTo) this.#mails.push({ to: address, raw });
          callback();
        });
      },
    });
  }

  /**
   * Lets the inbox send through it.
   *
   * @returns undefined for an inbox that sends through a server of its own: the demo's customers do not exist, and no
   *   mail for them may leave this machine.
   */
  static async lend(admin: Desk, inbox: InboxView): Promise<CustomerMailbox | undefined> {
    if (inbox.settings['smtpHost']) return undefined;
    const mailbox = new CustomerMailbox();
    await new Promise<void>((resolve) => mailbox.#server.listen(0, '127.0.0.1', resolve));
    const { port } = mailbox.#server.server.address() as AddressInfo;
    const { smtpPort, smtpTls } = inbox.settings;
    await admin.changeInbox(inbox.id, {
      settings: { smtpHost: '127.0.0.1', smtpPort: port, smtpTls: 'none' },
    });
    mailbox.#restore = () => admin.changeInbox(inbox.id, { settings: { smtpHost: '', smtpPort, smtpTls } });
    return mailbox;
  }

  /** Mails so far, as they came. */
  mailsTo(to: string): readonly string[] {
    return this.#mails.filter((mail) => mail.to === to).map(({ raw }) => raw);
  }

  arrived(to: string): Promise<string> {
    return eventually(`a mail for ${to}`, async () => this.#mails.find((mail) => mail.to === to)?.raw);
  }

  async close(): Promise<void> {
    await this.#restore?.();
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}
