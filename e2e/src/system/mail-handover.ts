import { createTransport } from 'nodemailer';

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/**
 * Hands a mail over by SMTP, its bytes as they are.
 *
 * @throws Error with `responseCode` when the server refuses it.
 */
export async function handOver(port: number, envelope: Envelope, raw: Uint8Array | string): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { ...envelope }, raw: Buffer.from(raw) });
  } finally {
    transport.close();
  }
}

/** A mail's bytes from its lines. */
export function mail(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'utf8');
}
