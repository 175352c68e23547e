/** An object of unknown shape. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * What the bytes say; undefined when they are no JSON. Text comes as the log and PostgreSQL can hold it: without NUL
 * and without half characters, both of which JSON escapes can name.
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes), (_key, value: unknown) =>
      typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value,
    );
  } catch {
    return undefined;
  }
}

/** Empty when it is no object, so that what is missing reads like what is empty. */
export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text or number as text; undefined when there is none or it is empty. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The beginning, never ending in half a character. */
export function cut(value: string, units: number): string {
  const beginning = value.slice(0, units);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}

/** The entries that have a text. */
export function textsOf(entries: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) => {
      const found = text(value);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}
