import { jsonAnswer, type VendorAnswer } from './vendor-server.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A refusal in Telegram's way. */
export class TelegramRefusal extends Error {
  constructor(
    readonly code: number,
    description: string,
    readonly parameters?: Fields,
  ) {
    super(description);
  }

  answer(): VendorAnswer {
    const { code, message, parameters } = this;
    return jsonAnswer(code, {
      ok: false,
      error_code: code,
      description: message,
      ...(parameters === undefined ? {} : { parameters }),
    });
  }
}

export interface StoredFile {
  readonly id: string;
  readonly content: Uint8Array;
  /** What Telegram says of its size; the content may be absent where only the size counts. */
  readonly size: number;
  path?: string;
}

/** What the bot sent, as its chat shows it. */
export interface BotMessage {
  readonly message_id: number;
  readonly chatId: number;
  readonly text: string;
  readonly files: readonly { readonly kind: string; readonly name: string; readonly content: Uint8Array }[];
  readonly repliesTo?: number;
}

const HANDED_OUT = 20 * 1024 * 1024;

/** Parameters of a call, from JSON or a form; those that are JSON in a form are read. */
export async function callParameters(
  contentType: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<{ readonly fields: Fields; readonly files: ReadonlyMap<string, File> }> {
  if (!contentType.startsWith('multipart/form-data')) {
    const text = new TextDecoder().decode(body);
    return { fields: text === '' ? {} : (JSON.parse(text) as Fields), files: new Map() };
  }
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  const fields: Record<string, unknown> = {};
  const files = new Map<string, File>();
  for (const [name, value] of form.entries()) {
    if (typeof value !== 'string') files.set(name, value);
    else fields[name] = /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
  }
  return { fields, files };
}

/** A text within `limit` UTF-16 units. */
export function textWithin(value: unknown, limit: number, what: 'message' | 'caption'): string {
  const text = typeof value === 'string' ? value : '';
  if (what === 'message' && text.trim() === '') {
    throw new TelegramRefusal(400, 'Bad Request: message text is empty');
  }
  if (text.length > limit) throw new TelegramRefusal(400, `Bad Request: ${what} is too long`);
  return text;
}

/** `getFile`: makes the path, good until files are moved. */
export function locateFile(files: ReadonlyMap<string, StoredFile>, id: unknown): Fields {
  const file = files.get(String(id));
  if (file === undefined) throw new TelegramRefusal(400, 'Bad Request: invalid file_id');
  if (file.size > HANDED_OUT) throw new TelegramRefusal(400, 'Bad Request: file is too big');
  file.path ??= `documents/file_${file.id}`;
  return { file_id: file.id, file_unique_id: `u${file.id}`, file_size: file.size, file_path: file.path };
}
