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
const MAX_FIELDS = 60;
/** Of every field but the message itself, whose limit is the channel's. */
const MAX_FIELD_LENGTH = 2000;

/**
 * Reads a form's post, JSON or multipart, strictly: what cannot be read is refused before anything is kept.
 *
 * The submission's id is made from the client's key and the content together: one key with one content is one
 * message, also when a browser sends its multipart anew (with another boundary), and a key that somebody else used
 * opens nothing of theirs.
 *
 * @param place where it was sent to: the same key and content in two conversations are two messages.
 */
export async function readSubmission(request: RawRequest, place: string): Promise<ReceivedSubmission> {
  const key = idempotencyKey(request.headers['idempotency-key']);
  const raw = isMultipart(request) ? (request.body as Buffer) : isJson(request) ? request.rawBody : undefined;
  if (!raw) throw new ProblemError(415, 'UNSUPPORTED_BODY', 'send application/json or multipart/form-data');
  const { fields, files } = isMultipart(request)
    ? await multipart(request)
    : { fields: json(raw), files: [] };
  checkFields(fields);
  return { raw, submission: { id: submissionId([place, key], fields, files), fields, files } };
}

function checkFields(fields: FormSubmission['fields']): void {
  const names = Object.keys(fields);
  if (names.length > MAX_FIELDS) throw new ProblemError(400, 'TOO_MANY_FIELDS', `at most ${MAX_FIELDS}`);
  for (const name of names) {
    if (!FIELD.test(name)) throw new ProblemError(400, 'BAD_FIELD_NAME', 'a field name is a short word');
    if (name !== 'text' && fields[name]!.length > MAX_FIELD_LENGTH) {
      throw new ProblemError(413, 'FIELD_TOO_LONG', undefined, [
        { field: name, rule: 'maxLength', message: `at most ${MAX_FIELD_LENGTH} characters` },
      ]);
    }
  }
}

function submissionId(
  given: readonly string[],
  fields: FormSubmission['fields'],
  files: FormSubmission['files'],
): string {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const contents = files.map(({ name, contentType, content }) => [name, contentType, sha256(content)]);
  return sha256(JSON.stringify([given, sorted, contents])).slice(0, 40);
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function isJson(request: RawRequest): boolean {
  return /^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '');
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
  const fields = Object.create(null) as Record<string, string>;
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
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    throw new ProblemError(400, 'BAD_JSON', 'the body is no JSON');
  }
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
    fields: form.fields,
    files: form.files.map(({ name, contentType, content }) => ({
      name,
      contentType,
      content,
      disposition: 'attachment',
    })),
  };
}
