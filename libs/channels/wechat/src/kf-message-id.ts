/** One of our messages within WeCom: which, at what attempt, and which of the parts it left in. */
export interface SentPart {
  readonly messageId: string;
  readonly attempt: number;
  readonly part: number;
}

const ID = /^([\w-]{22})a(\d{1,5})p(\d{1,2})$/;

/**
 * The id we give a message, so that one sent twice is one: at most 32 of `[0-9a-zA-Z_-]`, hence the UUID in base64url.
 *
 * @see https://developer.work.weixin.qq.com/document/path/94677
 */
export function kfMessageId({ messageId, attempt, part }: SentPart): string {
  const uuid = Buffer.from(messageId.replaceAll('-', ''), 'hex').toString('base64url');
  return `${uuid}a${attempt}p${part}`;
}

/** Undefined for ids that are not ours. */
export function readKfMessageId(id: string): SentPart | undefined {
  const [, uuid, attempt, part] = ID.exec(id) ?? [];
  if (uuid === undefined) return undefined;
  const hex = Buffer.from(uuid, 'base64url').toString('hex');
  const messageId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { messageId, attempt: Number(attempt), part: Number(part) };
}

/** An id with its account: ids are unique within one, and an answer must leave from the account that was written to. */
export function externalIdOf(openKfId: string, id: string): string {
  return `${openKfId}/${id}`;
}

/** The account of the last message among these; undefined when none has one. */
export function accountOf(externalIds: readonly string[]): string | undefined {
  return externalIds.map((id) => /^(wk[\w-]+)\//.exec(id)?.[1]).findLast((account) => account !== undefined);
}
