import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export class SealError extends Error {
  readonly code = 'SEAL_BROKEN';
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Derived keys; every message needs one. */
const REMEMBERED = 1000;

/**
 * The installation's secret of 32 bytes. Keys for each use are derived from it (HKDF-SHA256), so that no use can
 * stand in for another.
 */
export class MasterKey {
  readonly #key: Buffer;
  readonly #derived = new Map<string, Buffer>();

  /** @param base64 32 bytes. */
  constructor(base64: string) {
    this.#key = Buffer.from(base64, 'base64');
    if (this.#key.length !== 32) throw new SealError('the master key is 32 bytes in base64');
  }

  static generate(): string {
    return randomBytes(32).toString('base64');
  }

  /** A key of 32 bytes for one use in one workspace, the same for ever. Not to be written to. */
  derive(use: string, workspaceId: string): Buffer {
    const name = `${use} ${workspaceId}`;
    const known = this.#derived.get(name);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#key, Buffer.from(workspaceId), `tributary/${use}`, 32));
    if (this.#derived.size >= REMEMBERED) this.#derived.clear();
    this.#derived.set(name, key);
    return key;
  }

  /** Encrypts for storage (AES-256-GCM): version, nonce, tag, ciphertext. `context` must be given again to open. */
  seal(workspaceId: string, context: string, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.derive('seal', workspaceId), nonce);
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
  }

  /** @throws SealError when the bytes were changed, moved to another context, or sealed under another key. */
  open(workspaceId: string, context: string, sealed: Buffer): string {
    if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
      throw new SealError('not a sealed text of this version');
    }
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.derive('seal', workspaceId), nonce);
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(tag);
    try {
      const body = sealed.subarray(1 + NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new SealError('sealed under another key or changed since', { cause: error });
    }
  }
}
