/** Calls `run` every `stepMs`, also in a background tab; returns the way to stop. */
export function startBeat(stepMs: number, run: () => void): () => void {
  try {
    const worker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', run);
    worker.postMessage(stepMs);
    return () => worker.terminate();
  } catch {
    // Where workers are forbidden the page's own timer still serves a visible tab.
    const timer = setInterval(run, stepMs);
    return () => clearInterval(timer);
  }
}
