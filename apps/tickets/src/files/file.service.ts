import { Readable } from 'node:stream';
import type { UploadView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { SignedInPerson } from '@tributary/directory';
import { newId, ProblemError } from '@tributary/runtime';
import { ObjectNotFoundError } from '@tributary/object-store';
import type { ServiceContext } from '@tributary/service';
import { type AttachmentRecord, insertRows } from '../rows.js';
import { fileName, mediaType } from './file-name.js';
import { mailDocument, sanitizeMailHtml } from './mail-html.js';

export interface OpenFile {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly body: Readable;
}

const notFound = () => new ProblemError(404, 'FILE_NOT_FOUND');

/** Files of messages, from the object store, inside the workspace's scope. */
export class FileService {
  constructor(private readonly context: ServiceContext) {}

  async upload(
    person: SignedInPerson,
    name: string,
    contentType: string,
    content: Buffer,
  ): Promise<UploadView> {
    const stored = await this.context.objects.put(person.workspaceId, content);
    const file: AttachmentRecord = {
      id: newId(),
      workspace_id: person.workspaceId,
      message_id: null,
      uploaded_by: person.id,
      name: fileName(name),
      content_type: mediaType(contentType),
      size: stored.size,
      object_key: stored.key,
      sha256: stored.sha256,
      disposition: 'attachment',
      content_id: null,
      created_at: this.context.clock.now(),
    };
    await inWorkspace(this.context.dataSource, person.workspaceId, (manager) =>
      insertRows(manager, 'attachment', [file]),
    );
    return { id: file.id, name: file.name, contentType: file.content_type, size: stored.size };
  }

  async attachment(workspaceId: string, id: string): Promise<OpenFile> {
    const rows = await this.#query<AttachmentRecord & { raw: Buffer | null }>(
      workspaceId,
      // The file of an unreadable message is the message itself, whose bytes may stand in its row.
      `SELECT a.*, m.raw FROM tickets.attachment a
       LEFT JOIN tickets.message m ON m.id = a.message_id AND m.raw_key = a.object_key WHERE a.id = $1`,
      id,
    );
    const file = rows[0];
    if (!file) throw notFound();
    return {
      name: file.name,
      contentType: file.content_type,
      ...(await this.#open(file.object_key, file.raw)),
    };
  }

  /** @returns a whole sanitised document. */
  async messageHtml(workspaceId: string, messageId: string): Promise<string> {
    const rows = await this.#query<{ html: string | null }>(
      workspaceId,
      `SELECT html FROM tickets.message WHERE id = $1`,
      messageId,
    );
    const html = rows[0]?.html;
    if (!html) throw notFound();
    const files = await this.#query<{ id: string; content_id: string }>(
      workspaceId,
      `SELECT id, content_id FROM tickets.attachment WHERE message_id = $1 AND content_id IS NOT NULL`,
      messageId,
    );
    const urls = new Map(files.map((file) => [file.content_id, `/api/attachments/${file.id}`]));
    return mailDocument(sanitizeMailHtml(html, (contentId) => urls.get(contentId)));
  }

  async original(workspaceId: string, messageId: string): Promise<OpenFile> {
    const rows = await this.#query<{ raw_key: string | null; raw: Buffer | null; channel: string }>(
      workspaceId,
      `SELECT raw_key, raw, channel FROM tickets.message WHERE id = $1`,
      messageId,
    );
    const message = rows[0];
    if (!message?.raw_key) throw notFound();
    const name = message.channel === 'email' ? `${messageId}.eml` : `${messageId}.json`;
    const file = await this.#open(message.raw_key, message.raw);
    return { name, contentType: 'application/octet-stream', ...file };
  }

  /** @param kept the bytes themselves, where they stand in a row. */
  async #open(key: string, kept: Buffer | null): Promise<Pick<OpenFile, 'size' | 'body'>> {
    if (kept) return { size: kept.length, body: Readable.from([kept]) };
    return this.context.objects.stream(key).catch((error: unknown) => {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      this.context.logger.error({ key }, 'object_missing');
      throw notFound();
    });
  }

  async #query<T>(workspaceId: string, sql: string, id: string): Promise<T[]> {
    return inWorkspace(this.context.dataSource, workspaceId, (manager) => manager.query<T[]>(sql, [id]));
  }
}
