import { createHash, randomUUID } from 'node:crypto';
import type { FormSubmission } from '@tributary/channel-sdk';
import { ProblemError } from '@tributary/runtime';
import { isMultipart, readMultipart } from '@tributary/service';
import type { FastifyRequest } from 'fastify';

export interface ReceivedSubmission {
  readonly submission: FormSubmission;
  /** The bytes as they came. */
  readonly raw: Uint8Array;
}

type RawRequest = FastifyRequest & { readonly rawBody?: Buffer };

const KEY = /^[A-Za-z0-9_-]{16,128}$/;
const FIELD = /^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/;
const MAX_FILE_BYTES = 20_000_000;
/** Characters of all fields: with three bytes for each they still fit into one record of the log, twice. */
const MAX_TEXT = 120_000;

/**
 * Reads a form's post, JSON or multipart, strictly: what cannot be read is refused before anything is kept.
 *
 * The submission's id is made from the client's key and the bytes together. One key with one body is one message; a
 * key that somebody else used opens nothing of theirs.
 */
export async function readSubmission(request: RawRequest): Promise<ReceivedSubmission> {
  const key = idempotencyKey(request.headers['idempotency-key']);
  const raw = isMultipart(request) ? (request.body as Buffer) : isJson(request) ? request.rawBody : undefined;
  if (!raw) throw new ProblemError(415, 'UNSUPPORTED_BODY', 'send application/json or multipart/form-data');
  const { fields, files } = isMultipart(request)
    ? await multipart(request)
    : { fields: json(raw), files: [] };
  checkFields(fields);
  const id = createHash('sha256').update(`${key}\n`).update(raw).digest('hex').slice(0, 40);
  return { raw, submission: { id, fields, files } };
}

function isJson(request: RawRequest): boolean {
  return /^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '');
}

function checkFields(fields: Readonly<Record<string, string>>): void {
  let length = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELD.test(name)) throw new ProblemError(400, 'BAD_FIELD_NAME', 'a field name is a short word');
    length += value.length;
  }
  if (length > MAX_TEXT)
    throw new ProblemError(413, 'TEXT_TOO_LONG', `at most ${MAX_TEXT} characters in all`);
}

function idempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined) return randomUUID();
  if (typeof header !== 'string' || !KEY.test(header)) {
    throw new ProblemError(
      400,
      'BAD_IDEMPOTENCY_KEY',
      'Idempotency-Key is 16 to 128 letters, digits, - or _',
    );
  }
  return header;
}

function json(raw: Buffer): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseObject(raw))) {
    if (typeof value !== 'string') {
      throw new ProblemError(400, 'BAD_FIELD', 'every field is a text', [
        { field: name, rule: 'type', message: 'must be a text' },
      ]);
    }
    fields[name] = value;
  }
  return fields;
}

function parseObject(raw: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(raw.toString('utf8'));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ProblemError(400, 'BAD_BODY', 'the body is one JSON object');
  }
  return value as Record<string, unknown>;
}

async function multipart(request: RawRequest): Promise<Pick<FormSubmission, 'fields' | 'files'>> {
  const form = await readMultipart(request);
  for (const file of form.files) {
    if (file.content.length > MAX_FILE_BYTES) throw new ProblemError(413, 'FILE_TOO_LARGE', file.name);
  }
  return {
    fields: { ...form.fields },
    files: form.files.map(({ name, contentType, content }) => ({
      name,
      contentType,
      content,
      disposition: 'attachment',
    })),
  };
}
