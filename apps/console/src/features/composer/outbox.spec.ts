import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { hold, openOutbox, send, takeBack, UNDO_MS, type OutgoingMessage } from './outbox.js';

interface Post {
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
  readonly keepalive: boolean;
}

const KEY = 'tributary.outbox.me';
let posts: Post[];
let answers: (number | 'unreachable')[];
let stored: Map<string, string>;
let leavePage: () => void;
let close: () => void;

const inBox = (): OutgoingMessage[] => JSON.parse(stored.get(KEY) ?? '[]') as OutgoingMessage[];
const aReply = { ticketId: 't', mode: 'reply', text: 'Hello', uploads: [], setStatus: null } as const;

/** What the browser gives: storage, the end of the page, and a server that answers as it is told. */
function browser(): void {
  posts = [];
  answers = [];
  stored = new Map();
  leavePage = () => undefined;
  Object.assign(globalThis, {
    localStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    },
    window: {
      addEventListener: (_type: string, listener: () => void) => (leavePage = listener),
      removeEventListener: () => undefined,
    },
    fetch: async (
      path: string,
      init: { headers: Record<string, string>; body: string; keepalive: boolean },
    ) => {
      posts.push({
        path,
        key: init.headers['idempotency-key'] ?? '',
        body: JSON.parse(init.body),
        keepalive: init.keepalive,
      });
      const answer = answers.shift() ?? 201;
      if (answer === 'unreachable') throw new TypeError('network');
      return new Response(JSON.stringify({ code: 'REFUSED', title: 'Refused', status: answer }), {
        status: answer,
      });
    },
  });
}

beforeEach(() => {
  jest.useFakeTimers();
  browser();
  close = openOutbox('me');
});
afterEach(() => {
  close();
  jest.useRealTimers();
});

describe('the outbox', () => {
  it('holds a message for five seconds, then sends it', async () => {
    hold(aReply);
    await jest.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(posts).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(posts).toMatchObject([{ path: '/api/tickets/t/replies', body: { text: 'Hello' } }]);
    expect(inBox()).toEqual([]);
  });

  it('gives a held message back, and then does not send it', async () => {
    hold(aReply);
    expect(takeBack(inBox()[0]?.key ?? '')?.text).toBe('Hello');
    await jest.advanceTimersByTimeAsync(UNDO_MS * 2);
    expect(posts).toEqual([]);
  });

  it('repeats with the same key when no answer came', async () => {
    answers = ['unreachable', 503, 201];
    hold(aReply);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(posts).toHaveLength(3);
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1);
    expect(inBox()).toEqual([]);
  });

  it('gives up after a while, keeps the message, and sends it again by hand with the same key', async () => {
    answers = ['unreachable', 'unreachable', 'unreachable', 'unreachable'];
    hold(aReply);
    await jest.advanceTimersByTimeAsync(60_000);
    const [failed] = inBox();
    expect(failed?.state).toBe('failed');
    await send(failed?.key ?? '');
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1);
    expect(inBox()).toEqual([]);
  });

  it('does not repeat what was refused', async () => {
    answers = [409];
    hold(aReply);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(posts).toHaveLength(1);
    expect(inBox()).toMatchObject([{ state: 'failed' }]);
  });

  it('sends a held message as the page goes, and again with its key when it opens next', async () => {
    hold({ ...aReply, mode: 'note' });
    leavePage();
    expect(posts).toMatchObject([{ path: '/api/tickets/t/notes', keepalive: true }]);
    close = openOutbox('me');
    await jest.advanceTimersByTimeAsync(0);
    expect(posts[1]?.key).toBe(posts[0]?.key);
    expect(inBox()).toEqual([]);
  });

  it('never sends one person’s words in the name of another', async () => {
    stored.set(
      'tributary.outbox.other',
      JSON.stringify([{ ...aReply, key: 'k', state: 'held', at: '', sendAt: 0 }]),
    );
    close();
    close = openOutbox('me');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(posts).toEqual([]);
  });
});
