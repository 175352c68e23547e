import type { ReceivedFile } from './account.js';
import { type DurableFiles, nameOf } from './durable-files.js';

/** Files of received messages, under the messages' ids, until the desk fetches them. */
export class FileShelf {
  constructor(private readonly files: DurableFiles) {}

  async put(id: string, { contentType, content }: ReceivedFile): Promise<void> {
    await this.files.write(nameOf(id), content);
    await this.files.write(`${nameOf(id)}.type`, contentType);
  }

  async get(id: string): Promise<{ readonly contentType: string; readonly content: Buffer } | undefined> {
    const content = await this.files.read(nameOf(id));
    if (content === undefined) return undefined;
    const contentType = (await this.files.read(`${nameOf(id)}.type`))?.toString();
    return { contentType: contentType || 'application/octet-stream', content };
  }
}
