import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeObject, FolderObjectStore, ObjectNotFoundError } from './object-store.js';

describe('the object store in a folder', () => {
  const workspace = randomUUID();
  let root: string;
  let store: FolderObjectStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tributary-store-'));
    store = new FolderObjectStore(join(root, 'objects'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('Hello')],
    ['bytes', Buffer.from([0, 255, 10, 13, 0])],
    ['a megabyte', Buffer.alloc(1 << 20, 7)],
  ])('gives back %s as it was', async (_, content) => {
    const stored = await store.put(workspace, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(stored).toEqual({
      key: `${workspace}/${sha256.slice(0, 2)}/${sha256}`,
      sha256,
      size: content.length,
    });
    expect(stored).toEqual(describeObject(workspace, content));
    expect((await store.get(stored.key)).equals(content)).toBe(true);
    const { size, body } = await store.stream(stored.key);
    expect([size, (await buffer(body)).equals(content)]).toEqual([content.length, true]);
  });

  it('keeps the same bytes of a workspace once, however many store them at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => store.put(workspace, Buffer.from('same'))),
    );
    expect(new Set(all.map(({ key }) => key)).size).toBe(1);
    expect(await files()).toHaveLength(1);
  });

  it('keeps the bytes of two workspaces apart', async () => {
    const other = randomUUID();
    const [one, two] = [
      await store.put(workspace, Buffer.from('same')),
      await store.put(other, Buffer.from('same')),
    ];
    expect(one.key).not.toBe(two.key);
    expect(one.sha256).toBe(two.sha256);
  });

  it.each([
    '',
    '..',
    '../../etc/passwd',
    `${randomUUID()}/../${'a'.repeat(64)}`,
    `${randomUUID()}/aa/${'A'.repeat(64)}`,
    `${randomUUID()}/aa/${'a'.repeat(64)}/x`,
    `/etc/${'a'.repeat(64)}`,
  ])('has nothing under a key that it did not make: %j', async (key) => {
    await expect(store.get(key)).rejects.toThrow(ObjectNotFoundError);
    await expect(store.stream(key)).rejects.toThrow(ObjectNotFoundError);
  });

  it('says what is missing before it gives a stream', async () => {
    const { key } = describeObject(workspace, Buffer.from('never stored'));
    await expect(store.get(key)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    await expect(store.stream(key)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  });

  it('stores nothing for what is no workspace', async () => {
    await expect(store.put('../x', Buffer.from('a'))).rejects.toThrow(ObjectNotFoundError);
    expect(await files()).toEqual([]);
  });

  it('takes no half of an object, left by a crash, for the object', async () => {
    const content = Buffer.from('the whole of it');
    const { key, sha256 } = describeObject(workspace, content);
    const folder = join(root, 'objects', workspace, sha256.slice(0, 2));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${sha256}.${randomUUID()}`), 'the whole');
    await expect(store.get(key)).rejects.toThrow(ObjectNotFoundError);
    // A file system that lost the end of a file gives one of another length.
    await writeFile(join(folder, sha256), 'the whole');
    await store.put(workspace, content);
    expect((await store.get(key)).toString()).toBe('the whole of it');
  });

  it('leaves nothing behind when it cannot store, and says so', async () => {
    const content = Buffer.from('a');
    const { sha256 } = describeObject(workspace, content);
    // A folder stands where the file should go: the last step fails.
    const path = join(root, 'objects', workspace, sha256.slice(0, 2), sha256);
    await mkdir(join(path, 'x'), { recursive: true });
    await expect(store.put(workspace, content)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(join(path, '..'))).toEqual([sha256]);
  });

  it('is readable by the owner alone', async () => {
    const { key } = await store.put(workspace, Buffer.from('a'));
    expect((await stat(join(root, 'objects', key))).mode & 0o777).toBe(0o600);
  });

  it('answers to a ping while it can store, and leaves no trace of it', async () => {
    await store.ping();
    expect(await files()).toEqual([]);
    const blocked = join(root, 'file');
    await writeFile(blocked, '');
    await expect(new FolderObjectStore(join(blocked, 'objects')).ping()).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
    expect(await readFile(blocked, 'utf8')).toBe('');
  });

  async function files(): Promise<string[]> {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }
});
