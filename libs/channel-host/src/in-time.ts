/**
 * Work that takes longer goes on unheard: what it still makes durable is a duplicate when the provider calls again.
 *
 * @param began by `performance.now`.
 * @param withinMs from then on.
 */
export async function inTime<T>(work: Promise<T>, began: number, withinMs: number): Promise<T> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const left = began + withinMs - performance.now();
    timer = setTimeout(() => reject(new Error('it took longer than the provider waits')), Math.max(left, 0));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
