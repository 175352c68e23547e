import { Readable } from 'node:stream';
import { ChannelError, type Send, type SendReceipt } from '@tributary/channel-sdk';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isMailAddress } from './address.js';
import { composeMail, type ComposedMail } from './compose.js';
import { manifest } from './manifest.js';
import { emailSettings, type ServerSettings } from './settings.js';
import { smtpError } from './smtp-errors.js';

/**
 * Sends one reply over a connection of its own.
 *
 * @returns `externalId` is the Message-ID that the customer's program sees: ours, unless the server said that it
 *   gave the mail another (Amazon SES, Microsoft 365).
 */
export const sendMail: Send = async (delivery, inbox, _ports, signal) => {
  const { smtp } = emailSettings(inbox);
  if (smtp === undefined) {
    throw new ChannelError(
      'unsupported',
      'This inbox has no SMTP server: it can receive mail but not send any.',
    );
  }
  if (!isMailAddress(delivery.to.value)) {
    throw new ChannelError('rejected_permanently', 'The customer’s address is no mail address.');
  }
  const bytes = delivery.files.reduce((sum, file) => sum + file.content.byteLength, 0);
  if (bytes > manifest.capabilities.maxAttachmentBytes) {
    throw new ChannelError('unsupported', `The files are larger than ${megabytes(manifest)} MB together.`);
  }
  if (signal.aborted) throw new ChannelError('unavailable', 'Sending was stopped before it began.');
  return transmit(await composeMail(delivery, inbox), smtp, signal);
};

function megabytes({ capabilities }: typeof manifest): number {
  return Math.floor(capabilities.maxAttachmentBytes / 1024 / 1024);
}

async function transmit(mail: ComposedMail, smtp: ServerSettings, signal: AbortSignal): Promise<SendReceipt> {
  const connection = new SMTPConnection({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'tls',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    name: mail.envelope.from.slice(mail.envelope.from.lastIndexOf('@') + 1),
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    // RFC 5321, 4.5.3.2.6 gives a server 10 minutes to answer after the data, but other replies wait behind this
    // one; sent again, it has the same Message-ID.
    socketTimeout: 120_000,
    logger: false,
  });
  let dataBegun = false;
  const source = Readable.from(
    (function* () {
      dataBegun = true;
      yield mail.raw;
    })(),
    { objectMode: false },
  );
  let stop = () => {};
  try {
    return await new Promise<SendReceipt>((resolve, reject) => {
      stop = () => reject(new Error('sending was stopped'));
      signal.addEventListener('abort', stop, { once: true });
      connection.once('error', reject);
      // Without it a connection that ends in silence between two replies would leave us waiting.
      connection.once('end', () => reject(new Error('the server closed the connection')));
      signIn(connection, smtp)
        .then(() => {
          const envelope = { ...mail.envelope, size: mail.raw.byteLength };
          connection.send(envelope, source, (error, info) => {
            if (error || !info) return reject(error ?? new Error('no reply'));
            resolve({ state: 'sent', externalId: info.serverMessageId ?? mail.messageId });
          });
        })
        .catch(reject);
    });
  } catch (error) {
    throw smtpError(error, dataBegun);
  } finally {
    signal.removeEventListener('abort', stop);
    connection.on('error', () => undefined);
    connection.quit();
    connection.close();
  }
}

function signIn(connection: SMTPConnection, smtp: ServerSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((failed) => {
      if (failed) return reject(failed);
      if (smtp.user === undefined) return resolve();
      connection.login({ user: smtp.user, pass: smtp.password ?? '' }, (refused) =>
        refused ? reject(refused) : resolve(),
      );
    });
  });
}
