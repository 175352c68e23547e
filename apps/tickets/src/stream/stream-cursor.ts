/**
 * A place in a workspace's history: transaction, then position in it. Ids alone are given before commit, so a stream
 * that went by them would pass over what commits late.
 */
export interface StreamCursor {
  readonly xid: bigint;
  readonly id: bigint;
}

/** `<xid>.<id>`, as the event stream's `id:` field carries it. */
export function formatCursor(cursor: StreamCursor): string {
  return `${cursor.xid}.${cursor.id}`;
}

/** @returns undefined for what is no cursor of ours: PostgreSQL's xid8 and bigint hold both numbers. */
export function parseCursor(text: string | undefined): StreamCursor | undefined {
  const match = /^(\d{1,20})\.(\d{1,19})$/.exec(text ?? '');
  if (!match) return undefined;
  const cursor = { xid: BigInt(match[1]!), id: BigInt(match[2]!) };
  return cursor.xid < 2n ** 64n && cursor.id < 2n ** 63n ? cursor : undefined;
}

export function isAfter(a: StreamCursor, b: StreamCursor): boolean {
  return a.xid > b.xid || (a.xid === b.xid && a.id > b.id);
}
