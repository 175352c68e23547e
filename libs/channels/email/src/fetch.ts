import { createHash } from 'node:crypto';
import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type PollItem,
  type PollWindow,
} from '@tributary/channel-sdk';
import { ImapFlow, type FetchMessageObject } from 'imapflow';
import { imapError } from './imap-errors.js';
import { MAX_MAIL_BYTES } from './manifest.js';
import { emailSettings, type EmailSettings } from './settings.js';

/** Where reading has come to. UIDs only grow, as long as UIDVALIDITY stays (RFC 9051, 2.3.1.1). */
interface Position {
  readonly uidValidity: string;
  readonly lastUid: number;
}

const WINDOW_MESSAGES = 50;
const WINDOW_BYTES = 16 * 1024 * 1024;
/** What is kept of a mail over the limit: its header and the beginning of its text. */
const BEGINNING_BYTES = 256 * 1024;
/** A half-open connection must not go unnoticed: some servers drop IDLE in silence. */
const SAFETY_POLL_MS = 55_000;
const IDLE_RENEWAL_MS = 4 * 60_000;

/**
 * One IMAP session: yields what is new since the cursor in windows of up to 50 mails and 16 MB, in UID order, then
 * waits for more, until `signal` aborts. Nothing in the mailbox is changed, no flag is read or set. When the
 * server has renumbered the folder (another UIDVALIDITY), everything is yielded again; equal mails have equal ids.
 *
 * @throws ChannelError `bad_credentials`, `unavailable`; `unsupported` when the inbox has no IMAP server.
 */
export async function* fetchMail(
  inbox: ChannelInbox,
  cursor: string | null,
  _ports: ChannelPorts,
  signal: AbortSignal,
): AsyncGenerator<PollWindow> {
  const { imap } = emailSettings(inbox);
  if (imap === undefined)
    throw new ChannelError('unsupported', 'This inbox has no IMAP server to read from.');
  if (signal.aborted) return;
  const client = connection(imap);
  const news = new Wake();
  client.on('exists', () => news.wake());
  client.on('close', () => news.wake());
  // One that nobody listens to would end the process; what was running rejects with the same error.
  client.on('error', () => news.wake());
  const stop = () => {
    client.close();
    news.wake();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await client.connect();
    const mailbox = await client.mailboxOpen(imap.mailbox, { readOnly: true });
    let position = startingPosition(cursor, String(mailbox.uidValidity));
    while (!signal.aborted) {
      news.reset();
      for await (const { items, lastUid } of windows(client, position.lastUid)) {
        position = { ...position, lastUid };
        yield { items, cursor: `${position.uidValidity}:${lastUid}` };
      }
      position = startingPosition(`${position.uidValidity}:${position.lastUid}`, currentValidity(client));
      if (!news.isAwake) await idle(client, news);
      if (!client.usable && !signal.aborted)
        throw new ChannelError('unavailable', 'The server closed the connection.');
    }
  } catch (error) {
    if (!signal.aborted) throw imapError(error);
  } finally {
    signal.removeEventListener('abort', stop);
    client.close();
  }
}

function connection(imap: NonNullable<EmailSettings['imap']>): ImapFlow {
  return new ImapFlow({
    host: imap.host,
    port: imap.port,
    secure: imap.tls === 'tls',
    // Left open, a stripped STARTTLS would send the password in the clear with no more than a log line.
    doSTARTTLS: imap.tls === 'starttls',
    auth: { user: imap.user ?? '', pass: imap.password ?? '' },
    disableAutoIdle: true,
    maxIdleTime: IDLE_RENEWAL_MS,
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 5 * 60_000,
    maxLiteralSize: MAX_MAIL_BYTES + 1024 * 1024,
    maxResponseSize: MAX_MAIL_BYTES + 4 * 1024 * 1024,
    logger: false,
  });
}

function currentValidity(client: ImapFlow): string {
  if (!client.mailbox) throw new ChannelError('unavailable', 'The server closed the mailbox.');
  return String(client.mailbox.uidValidity);
}

/** A cursor of another numbering says nothing: from the first mail on. */
function startingPosition(cursor: string | null, uidValidity: string): Position {
  const match = /^(\d+):(\d+)$/.exec(cursor ?? '');
  return match?.[1] === uidValidity
    ? { uidValidity, lastUid: Number(match[2]) }
    : { uidValidity, lastUid: 0 };
}

/** Everything above `lastUid`; in windows, because one answer with 20,000 mails would not fit into memory. */
async function* windows(
  client: ImapFlow,
  lastUid: number,
): AsyncGenerator<{ readonly items: readonly PollItem[]; readonly lastUid: number }> {
  const found = await client.search({ uid: `${lastUid + 1}:*` }, { uid: true });
  if (!found) throw new ChannelError('unavailable', 'The server refused to search the mailbox.');
  // `n:*` names the last mail even when its UID is below n.
  const uids = found.filter((uid) => uid > lastUid).toSorted((a, b) => a - b);
  for (let at = 0; at < uids.length; at += WINDOW_MESSAGES) {
    const sizes = await fetchAll(client, uids.slice(at, at + WINDOW_MESSAGES), { size: true });
    for (const group of bySize(uids.slice(at, at + WINDOW_MESSAGES), sizes)) {
      yield { items: await fetchItems(client, group, sizes), lastUid: group.at(-1) ?? lastUid };
    }
  }
}

type Sizes = ReadonlyMap<number, FetchMessageObject>;

function bySize(uids: readonly number[], sizes: Sizes): number[][] {
  const groups: number[][] = [];
  let bytes = 0;
  for (const uid of uids) {
    const size = Math.min(sizes.get(uid)?.size ?? 0, MAX_MAIL_BYTES);
    const last = groups.at(-1);
    if (last && bytes + size <= WINDOW_BYTES) last.push(uid);
    else groups.push([uid]);
    bytes = last && bytes + size <= WINDOW_BYTES ? bytes + size : size;
  }
  return groups;
}

/** The mails of a window in UID order. One that has vanished since the search is no error, and is left out. */
async function fetchItems(client: ImapFlow, uids: readonly number[], sizes: Sizes): Promise<PollItem[]> {
  const isLarge = (uid: number) => (sizes.get(uid)?.size ?? 0) > MAX_MAIL_BYTES;
  const whole = uids.filter((uid) => !isLarge(uid));
  // The limit holds also when the server's size was wrong: no answer can break the session for ever.
  const fetched = new Map([
    ...(await fetchAll(client, whole, { source: { start: 0, maxLength: MAX_MAIL_BYTES } })),
    ...(await fetchAll(client, uids.filter(isLarge), { source: { start: 0, maxLength: BEGINNING_BYTES } })),
  ]);
  const missing = uids.filter((uid) => fetched.get(uid)?.source === undefined);
  if (missing.length > 0) {
    // A short answer must not move the cursor over mails that are there.
    const there = await client.search({ uid: missing.join(',') }, { uid: true });
    if (!there || there.length > 0) {
      throw new ChannelError('unavailable', 'The server gave fewer mails than it has.');
    }
  }
  return uids.flatMap((uid) => {
    const raw = fetched.get(uid)?.source;
    return raw === undefined ? [] : [pollItem(raw, sizes.get(uid)?.size ?? raw.byteLength)];
  });
}

/** A beginning alone does not tell two mails apart: the size is part of its id. */
function pollItem(raw: Buffer, size: number): PollItem {
  const hash = createHash('sha256').update(raw);
  const isWhole = size <= MAX_MAIL_BYTES && raw.byteLength < MAX_MAIL_BYTES;
  if (isWhole) return { id: hash.digest('hex'), raw };
  const fullSize = Math.max(size, raw.byteLength);
  return { id: hash.update(`|${fullSize}`).digest('hex'), raw, fullSize };
}

async function fetchAll(
  client: ImapFlow,
  uids: readonly number[],
  query: {
    readonly size?: boolean;
    readonly source?: { readonly start: number; readonly maxLength: number };
  },
): Promise<Map<number, FetchMessageObject>> {
  if (uids.length === 0) return new Map();
  const messages = await client.fetchAll(uids.join(','), { uid: true, ...query }, { uid: true });
  return new Map(messages.map((message) => [message.uid, message]));
}

/** Waits for news, at most until the safety poll; NOOP ends IDLE and makes the server report what it holds back. */
async function idle(client: ImapFlow, news: Wake): Promise<void> {
  const idling = client.idle().catch(() => false);
  await news.within(SAFETY_POLL_MS);
  if (client.usable) await client.noop();
  await idling;
}

/** A flag that can be waited for. */
class Wake {
  isAwake = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.isAwake = true;
    this.#resolve?.();
  }

  reset(): void {
    this.isAwake = false;
  }

  async within(ms: number): Promise<void> {
    if (this.isAwake) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#resolve = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
