import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of small files that survive a crash: written whole under another name, synced, then named. */
export class DurableFiles {
  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<DurableFiles> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new DurableFiles(folder);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    const unfinished = join(this.folder, `.${name}.new`);
    const handle = await open(unfinished, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, join(this.folder, name));
  }

  /** Undefined when there is none. */
  async read(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** In the order of their names, without what was never finished. */
  async names(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => !name.startsWith('.')).toSorted();
  }

  remove(name: string): Promise<void> {
    return rm(join(this.folder, name), { force: true });
  }

  /** Removes what was written before that moment. @param before milliseconds. */
  async removeOlder(before: number): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const { mtimeMs } = await stat(join(this.folder, name));
      if (mtimeMs < before) await this.remove(name);
    }
  }
}

/** A name for a file about this id, whatever characters the id has. */
export function nameOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
