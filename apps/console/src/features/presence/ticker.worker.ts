/**
 * A steady beat. Browsers slow the timers of a page in the background down to one a minute, which is longer than the
 * presence lease; a worker's timers are left alone.
 */
let timer: ReturnType<typeof setInterval> | undefined;

self.addEventListener('message', (event: MessageEvent<number>) => {
  clearInterval(timer);
  timer = setInterval(() => self.postMessage(null), event.data);
});

export {};
