import { fileTypeFromBuffer } from 'file-type';

export interface FileDescription {
  readonly name: string;
  readonly contentType: string;
}

const BINARY = 'application/octet-stream';
/** Kinds whose every format in use has a mark in its bytes: without one, the claim is wrong. */
const MARKED = /^(image|audio|video|font)\//;
/** Containers that say less than an honest claim does: an office document is a zip file as well. */
const CONTAINERS = new Set(['application/zip', 'application/xml', 'application/x-cfb', 'application/gzip']);
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;

/**
 * What a file is. The bytes decide where they can; what the provider claims counts where bytes say nothing (texts).
 * A name without an extension gets the one of its kind, or no program would open it.
 */
export async function describeFile(content: Uint8Array, claimed: FileDescription): Promise<FileDescription> {
  const found = await fileTypeFromBuffer(content);
  const claim = claimed.contentType.split(';', 1)[0]!.trim().toLowerCase();
  const name = clean(claimed.name) || 'file';
  return {
    name: found && !EXTENSION.test(name) ? `${name}.${found.ext}` : name,
    contentType: decided(found?.mime, MEDIA_TYPE.test(claim) ? claim : BINARY),
  };
}

function decided(found: string | undefined, claim: string): string {
  if (found === undefined) return MARKED.test(claim) && claim !== 'image/svg+xml' ? BINARY : claim;
  return CONTAINERS.has(found) && !MARKED.test(claim) && claim !== BINARY ? claim : found;
}

/** Never a path, no control characters; 200 characters at most. */
function clean(name: string): string {
  return [...name.replaceAll(/[\p{Cc}\p{Cf}/\\]/gu, ' ').trim()].slice(0, 200).join('').toWellFormed();
}
