/** A change to one module of the build, made while a process loads it; the file on the disk stays as it is. */
export interface CodeEdit {
  /** From the root of the repository: `libs/event-log/dist/consumer-runner.js`. */
  readonly module: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * The source with all edits of its module, in their order.
 *
 * @throws Error when the place of an edit is not there exactly once: an edit that does nothing proves nothing.
 */
export function applyEdits(source: string, edits: readonly CodeEdit[]): string {
  return edits.reduce((text, { module, find, replace }) => {
    const parts = text.split(find);
    if (parts.length === 2) return parts.join(replace);
    const places = parts.length === 1 ? 'is not there' : `stands there ${parts.length - 1} times`;
    throw new Error(`the place of an edit in ${module} has moved: it ${places}:\n${find}`);
  }, source);
}
