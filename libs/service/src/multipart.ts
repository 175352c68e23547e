import { Busboy } from '@fastify/busboy';
import { ProblemError } from '@tributary/runtime';
import type { FastifyRequest } from 'fastify';

export interface MultipartFile {
  readonly field: string;
  /** As the client wrote it: to show, never a path. */
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface MultipartForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly MultipartFile[];
}

const LIMITS = { files: 10, fields: 60, parts: 70, fieldSize: 200_000, fieldNameSize: 100 };

export function isMultipart(request: Pick<FastifyRequest, 'headers'>): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith('multipart/form-data') ?? false;
}

/**
 * Reads a `multipart/form-data` body (RFC 7578). The whole body is in memory, bounded by the server's body limit, so
 * that its bytes can be kept as they came.
 *
 * @throws ProblemError 400 `BAD_MULTIPART` or `REPEATED_FIELD`, 413 `TOO_MANY_PARTS`.
 */
export async function readMultipart(
  request: Pick<FastifyRequest, 'headers' | 'body'>,
): Promise<MultipartForm> {
  const { body } = request;
  if (!Buffer.isBuffer(body)) throw new ProblemError(415, 'NOT_MULTIPART', 'send multipart/form-data');
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const files: MultipartFile[] = [];
  let overflow: string | undefined;
  let repeated: string | undefined;
  await new Promise<void>((resolve, reject) => {
    const parser = new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits: LIMITS,
    });
    parser.on('field', (name, value, nameTruncated, valueTruncated) => {
      if (nameTruncated || valueTruncated) overflow = name;
      if (name in fields) repeated = name;
      fields[name] = value;
    });
    parser.on('file', (field, stream, name, _encoding, contentType) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const content = Buffer.concat(chunks);
        // A file input that was left empty sends a part without name and bytes.
        if (name || content.length > 0) files.push({ field, name: name ?? '', contentType, content });
      });
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => (overflow = limit));
    }
    parser.on('finish', resolve);
    parser.on('error', reject);
    parser.end(body);
  }).catch((error: Error) => {
    throw new ProblemError(400, 'BAD_MULTIPART', error.message);
  });
  if (overflow !== undefined) throw new ProblemError(413, 'TOO_MANY_PARTS', overflow);
  // Which of two was meant, only the sender knows.
  if (repeated !== undefined) throw new ProblemError(400, 'REPEATED_FIELD', repeated);
  return { fields, files };
}
