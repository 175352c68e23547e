/** What our own Message-ID says. */
export interface OwnMessageId {
  /** Signed conversation token, opaque here. */
  readonly token: string;
  /** The id of our message, without dashes. */
  readonly messageId: string;
  readonly attempt: number;
}

/** Tokens are lower case with at least one dot, and short enough for the local part of an address (RFC 5321: 64). */
const TOKEN = /^[a-z0-9]+(?:\.[a-z0-9]+)+$/;
const TOKEN_LENGTH = 50;
const OWN = /^<?t\.([a-z0-9.]+)\.([0-9a-f]{32})(?:\.([0-9]{1,4}))?@[^@\s<>]+>?$/;
/** RFC 5322, 3.6.4, without the folding white space and comments that nobody writes. */
const MESSAGE_ID = /<[^<>\s]{1,996}>/g;

/**
 * Our Message-ID of an attempt: `<t.<token>.<message id>@<domain>>`, with `.<attempt>` from the second attempt.
 * A repetition of one attempt has the same id, so that the receiver drops the double; an agent's retry after a
 * failure has a new one, so that no receiver takes it for a double of the mail that failed.
 */
export function buildMessageId(token: string, messageId: string, attempt: number, domain: string): string {
  const suffix = attempt > 1 ? `.${attempt}` : '';
  return `<t.${token}.${messageId.replaceAll('-', '').toLowerCase()}${suffix}@${domain}>`;
}

export function parseOwnMessageId(id: string): OwnMessageId | undefined {
  const match = OWN.exec(id.trim().toLowerCase());
  const [, token, messageId, attempt] = match ?? [];
  if (token === undefined || messageId === undefined || !isToken(token)) return undefined;
  return { token, messageId, attempt: attempt === undefined ? 1 : Number(attempt) };
}

export function isToken(text: string): boolean {
  return text.length <= TOKEN_LENGTH && TOKEN.test(text);
}

/** Message-IDs of a header, in the order they stand, brackets kept. */
export function messageIds(header: string | undefined): readonly string[] {
  return header?.match(MESSAGE_ID) ?? [];
}

/** The one Message-ID of a mail; also one without brackets, as some programs write it. */
export function singleMessageId(header: string | undefined): string | undefined {
  const found = messageIds(header)[0];
  if (found !== undefined) return found;
  const bare = header?.trim();
  return bare !== undefined && /^[^<>\s@]+@[^<>\s@]+$/.test(bare) && bare.length <= 996
    ? `<${bare}>`
    : undefined;
}
