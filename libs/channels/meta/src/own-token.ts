/** What we give Meta with a message and get back with its echo and its statuses. */
export interface OwnToken {
  readonly messageId: string;
  /** From 1. */
  readonly attempt: number;
  /** From 0: a message with files leaves in several parts. */
  readonly part: number;
}

const FORM = /^tributary:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9]\d{0,8}):(\d{1,3})$/;

/** `metadata` of the Send API (at most 1,000 characters), `biz_opaque_callback_data` of WhatsApp (at most 512). */
export function writeOwnToken({ messageId, attempt, part }: OwnToken): string {
  return `tributary:${messageId}:${attempt}:${part}`;
}

/** Undefined for what somebody else wrote there. */
export function readOwnToken(value: unknown): OwnToken | undefined {
  const [, messageId, attempt, part] = (typeof value === 'string' && FORM.exec(value)) || [];
  return messageId === undefined ? undefined : { messageId, attempt: Number(attempt), part: Number(part) };
}
