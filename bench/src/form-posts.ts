import type { Post } from './http-load.js';

const WORDS =
  'Hello, I ordered a kettle from your shop two weeks ago and the parcel has still not arrived. The tracking page ' +
  'has said "in transit" since Monday, and the courier tells me to ask you. Could you look where it is and tell me ' +
  'when I can expect it? I am at home on weekdays after six. If it is gone I would like another one, in green if ' +
  'there is one. Thank you, and kind regards from a customer who likes your shop.';

/** What a customer of a channel without subjects writes; its beginning tells run and number. */
export function orderText(run: string, n: number): string {
  return `Order ${run}-${n}. ${WORDS}`;
}

/**
 * Posts of a form, no two alike: each from a sender of its own, with a text and an idempotency key of its own.
 *
 * @param run tells posts of one run from those of another.
 * @param most how many; no end by default.
 */
export function formPosts(inboxId: string, run: string, most = Infinity): () => Post | undefined {
  let n = 0;
  return () => {
    if (n >= most) return undefined;
    n += 1;
    return {
      path: `/f/${inboxId}/messages`,
      headers: { 'idempotency-key': `${run}-${String(n).padStart(16, '0')}` },
      body: JSON.stringify({
        name: `Customer ${n}`,
        email: `customer-${n}@${run}.example`,
        subject: `Order ${run}-${n}`,
        text: `${WORDS} (Order number ${run}-${n}.)`,
      }),
    };
  };
}
