import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

export interface StoredObject {
  readonly key: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export class ObjectNotFoundError extends Error {
  readonly code = 'OBJECT_NOT_FOUND';
}

/** Bytes under a key made from their content: the same bytes of a workspace are stored once, and never change. */
export interface ObjectStore {
  /** Resolves when the bytes are durable. */
  put(workspaceId: string, content: Uint8Array): Promise<StoredObject>;
  /** @throws ObjectNotFoundError */
  get(key: string): Promise<Buffer>;
  /** @throws ObjectNotFoundError before the stream is given. */
  stream(key: string): Promise<{ readonly size: number; readonly body: Readable }>;
  /** Rejects when nothing can be stored. */
  ping(): Promise<void>;
}

/** What `put` would answer, without storing anything. */
export function describeObject(workspaceId: string, content: Uint8Array): StoredObject {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { key: `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`, sha256, size: content.byteLength };
}

export const OBJECT_STORE = Symbol('ObjectStore');

const KEY = /^[0-9a-f-]{36}\/[0-9a-f]{2}\/[0-9a-f]{64}$/;

/** Objects as files: `<root>/<workspace>/<first two digits>/<sha256>`. */
export class FolderObjectStore implements ObjectStore {
  constructor(private readonly root: string) {}

  async put(workspaceId: string, content: Uint8Array): Promise<StoredObject> {
    const stored = describeObject(workspaceId, content);
    const path = this.#path(stored.key);
    const existing = await stat(path).catch(() => undefined);
    if (existing?.size !== content.byteLength) {
      const folder = dirname(path);
      const made = await mkdir(folder, { recursive: true });
      await writeWhole(path, content);
      if (made !== undefined) await syncFoldersAbove(folder, made);
    }
    // Also for bytes that were here: whoever stores them at this moment may not have come to it yet.
    await syncFolder(dirname(path));
    return stored;
  }

  async get(key: string): Promise<Buffer> {
    return readFile(this.#path(key)).catch(notFound(key));
  }

  async stream(key: string): Promise<{ readonly size: number; readonly body: Readable }> {
    const path = this.#path(key);
    const { size } = await stat(path).catch(notFound(key));
    return { size, body: createReadStream(path) };
  }

  async ping(): Promise<void> {
    const probe = join(this.root, `.ping-${randomUUID()}`);
    await mkdir(this.root, { recursive: true });
    await writeFile(probe, 'ping');
    await rm(probe);
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw new ObjectNotFoundError('no such object');
    return join(this.root, key);
  }
}

/** The name appears when all bytes are on the disk; whatever fails before leaves nothing behind. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const half = `${path}.${randomUUID()}`;
  try {
    const file = await open(half, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** The names of folders that were just made, from the one above `folder` to the one above `first`. */
async function syncFoldersAbove(folder: string, first: string): Promise<void> {
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** The name must survive a crash as well as the bytes. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notFound(key: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code === 'ENOENT') throw new ObjectNotFoundError(`no object ${key}`);
    throw error;
  };
}
