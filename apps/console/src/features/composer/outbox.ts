import type { ReplyRequest, StatusCategory, UploadView } from '@tributary/contracts';
import { useSyncExternalStore } from 'react';
import { ApiError } from '../../api/http.js';
import { queryClient } from '../../api/query-client.js';
import { postMessage, ticketKey } from '../../api/tickets.js';
import type { TemplateDraft } from './template-text.js';

export type ComposerMode = 'reply' | 'note';

/** A reply or note between the agent's "send" and the server's word for it. */
export interface OutgoingMessage {
  /** The idempotency key: the same through every repeat, so that a message is sent once. */
  readonly key: string;
  readonly ticketId: string;
  readonly mode: ComposerMode;
  readonly text: string;
  readonly uploads: readonly UploadView[];
  readonly setStatus: StatusCategory | null;
  /** Of a reply: where it goes, when not where the customer was last heard. */
  readonly via?: ReplyRequest['via'];
  /** Of a reply: what `text` is made of. */
  readonly template?: TemplateDraft;
  readonly at: string;
  /** `held` can still be taken back; `sent` waits to be seen in the thread. */
  readonly state: 'held' | 'sending' | 'sent' | 'failed';
  /** Milliseconds since 1970 at which a held message goes. */
  readonly sendAt: number;
}

export const UNDO_MS = 5_000;
const REPEAT_AFTER_MS = [1_500, 4_000, 10_000];
const NONE: readonly OutgoingMessage[] = [];

let storageKey: string | null = null;
let messages: readonly OutgoingMessage[] = NONE;
const errors = new Map<string, unknown>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

function store(next: readonly OutgoingMessage[]): void {
  messages = next;
  if (storageKey) {
    if (next.length > 0) localStorage.setItem(storageKey, JSON.stringify(next));
    else localStorage.removeItem(storageKey);
  }
  for (const listener of listeners) listener();
}

const change = (key: string, fields: Partial<OutgoingMessage>): void =>
  store(messages.map((message) => (message.key === key ? { ...message, ...fields } : message)));

const find = (key: string): OutgoingMessage | undefined => messages.find((message) => message.key === key);

/**
 * Opens the outbox of one person: what a closed tab left behind goes out again with its old key. The box is a
 * person's own, so that nobody's words leave in the name of the next who signs in here. Returns the way to close it.
 */
export function openOutbox(personId: string): () => void {
  storageKey = `tributary.outbox.${personId}`;
  messages = readStored(storageKey);
  for (const { key, state } of messages) if (state !== 'failed') void send(key);
  window.addEventListener('pagehide', sendHeldAtOnce);
  return () => {
    window.removeEventListener('pagehide', sendHeldAtOnce);
    sendHeldAtOnce();
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    storageKey = null;
    messages = NONE;
  };
}

function readStored(key: string): readonly OutgoingMessage[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as OutgoingMessage[];
  } catch {
    return NONE;
  }
}

/** The page goes while messages are held: they go now, outliving it, and stay in the box until they are confirmed. */
function sendHeldAtOnce(): void {
  for (const message of messages) {
    if (message.state !== 'held') continue;
    const kind = message.mode === 'reply' ? 'replies' : 'notes';
    postMessage(message.ticketId, kind, message.key, bodyOf(message), true).catch(() => undefined);
  }
}

const bodyOf = ({ text, uploads, setStatus, mode, via, template }: OutgoingMessage) => ({
  text,
  ...(uploads.length > 0 ? { uploadIds: uploads.map(({ id }) => id) } : {}),
  ...(setStatus && mode === 'reply' ? { setStatus } : {}),
  ...(via && mode === 'reply' ? { via } : {}),
  ...(template && mode === 'reply'
    ? { template: { id: template.template.id, variables: template.variables } }
    : {}),
});

/** Sends what is still held and waits for it: nothing may stay behind when its writer leaves. */
export async function sendAllHeld(): Promise<void> {
  await Promise.all(messages.filter(({ state }) => state === 'held').map(({ key }) => send(key)));
}

/** Puts a message in the box; it goes after five seconds unless it is taken back. */
export function hold(
  message: Pick<OutgoingMessage, 'ticketId' | 'mode' | 'text' | 'uploads' | 'setStatus' | 'via' | 'template'>,
): void {
  const now = Date.now();
  const key = crypto.randomUUID();
  store([
    ...messages,
    { ...message, key, at: new Date(now).toISOString(), state: 'held', sendAt: now + UNDO_MS },
  ]);
  timers.set(
    key,
    setTimeout(() => void send(key), UNDO_MS),
  );
}

/** Takes a message back that has not gone, or that failed; null when it is too late. */
export function takeBack(key: string): OutgoingMessage | null {
  const message = find(key);
  if (!message || (message.state !== 'held' && message.state !== 'failed')) return null;
  clearTimeout(timers.get(key));
  timers.delete(key);
  errors.delete(key);
  store(messages.filter((other) => other.key !== key));
  return message;
}

/** Sends now: a held message early, a failed one again. */
export async function send(key: string, attempt = 0): Promise<void> {
  clearTimeout(timers.get(key));
  timers.delete(key);
  const message = find(key);
  if (!message || (message.state === 'sent' && attempt > 0)) return;
  change(key, { state: 'sending' });
  try {
    await postMessage(message.ticketId, message.mode === 'reply' ? 'replies' : 'notes', key, bodyOf(message));
  } catch (error) {
    failed(key, error, attempt);
    return;
  }
  change(key, { state: 'sent' });
  errors.delete(key);
  // It stays in sight until the thread shows it, so that nothing blinks.
  await queryClient.invalidateQueries({ queryKey: ticketKey(message.ticketId) }).catch(() => undefined);
  void queryClient.invalidateQueries({ queryKey: ['counts'] });
  store(messages.filter((other) => other.key !== key));
}

function failed(key: string, error: unknown, attempt: number): void {
  const delay = REPEAT_AFTER_MS[attempt];
  const passing =
    error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
  if (passing && delay !== undefined) {
    timers.set(
      key,
      setTimeout(() => void send(key, attempt + 1), delay),
    );
    return;
  }
  errors.set(key, error);
  change(key, { state: 'failed' });
}

export const errorOf = (key: string): unknown => errors.get(key) ?? new ApiError('NETWORK', 0, null);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Everything in the box, oldest first. */
export const useOutbox = (): readonly OutgoingMessage[] => useSyncExternalStore(subscribe, () => messages);
