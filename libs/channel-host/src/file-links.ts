import type { AttachmentDto } from '@tributary/contracts';
import type { MasterKey } from '@tributary/directory';
import { type Clock, sameText, sign } from '@tributary/runtime';

/** A file as whoever has its link gets it. */
export interface LinkedFile {
  readonly key: string;
  readonly contentType: string;
  readonly name: string;
}

/** Providers keep some files at our address alone, and customers look at old pictures. */
const VALID_MS = 30 * 86_400_000;
/** Addresses may have 2,000 characters at most providers; a letter may take nine. */
const LONGEST_NAME = 100;
const MARK_BYTES = 32;

/**
 * Addresses of files for providers that fetch them: `/media/<workspace>.<sha256>.<until>.<type>.<mark>/<name>`. The
 * mark covers all of it, so an address opens one file, as one type, until one moment, and says nothing of others.
 */
export class FileLinks {
  /** @param publicUrl where the installation is reached, without a slash at the end. */
  constructor(
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
    private readonly publicUrl: string,
  ) {}

  /** Whether providers can open the links: they come from outside, and some take nothing but https. */
  get isPublic(): boolean {
    return this.publicUrl.startsWith('https://');
  }

  linkTo(workspaceId: string, { sha256, contentType, name }: AttachmentDto): string {
    const until = this.clock.now().getTime() + VALID_MS;
    const claims = [workspaceId, sha256, until.toString(36), encoded(contentType)].join('.');
    const shown = [...name].slice(0, LONGEST_NAME).join('').toWellFormed();
    return `${this.publicUrl}/media/${claims}.${this.#mark(workspaceId, claims, shown)}/${encodeURIComponent(shown)}`;
  }

  /** @returns undefined for what is not ours, was changed, or has run out; nothing tells which. */
  open(token: string, name: string): LinkedFile | undefined {
    const [, claims = '', workspaceId = '', sha256 = '', until = '', type = '', mark = ''] =
      TOKEN.exec(token) ?? [];
    if (claims === '' || !sameText(mark, this.#mark(workspaceId, claims, name))) return undefined;
    if (this.clock.now().getTime() > Number.parseInt(until, 36)) return undefined;
    const contentType = Buffer.from(type, 'base64url').toString();
    return { key: `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`, contentType, name };
  }

  #mark(workspaceId: string, claims: string, name: string): string {
    return sign(this.masterKey.derive('file-link', workspaceId), `${claims}/${name}`, MARK_BYTES);
  }
}

const TOKEN = /^(([0-9a-f-]{36})\.([0-9a-f]{64})\.([0-9a-z]{1,12})\.([\w-]{1,200}))\.([\w-]{1,100})$/;

/** A type as a header can hold it. */
function encoded(contentType: string): string {
  const type = /^[\w.+-]{1,60}\/[\w.+-]{1,80}/.exec(contentType)?.[0] ?? 'application/octet-stream';
  return Buffer.from(type.toLowerCase()).toString('base64url');
}
