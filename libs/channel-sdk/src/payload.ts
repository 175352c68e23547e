/** An object of a provider's call or answer, of which nothing is believed until it was looked at. */
export type Payload = Readonly<Record<string, unknown>>;

/** The body as an object whose texts a database can hold; undefined when it is none. */
export function readPayload(body: Uint8Array): Payload | undefined {
  try {
    return asPayload(
      JSON.parse(new TextDecoder().decode(body), (_key, value: unknown) =>
        typeof value === 'string' ? storable(value) : value,
      ),
    );
  } catch {
    // No JSON, or nested deeper than the stack.
    return undefined;
  }
}

export function asPayload(value: unknown): Payload | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Payload)
    : undefined;
}

export function objectAt(payload: Payload | undefined, key: string): Payload | undefined {
  return asPayload(payload?.[key]);
}

/** Undefined where there is no text, or an empty one. */
export function textAt(payload: Payload | undefined, key: string): string | undefined {
  const value = payload?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function integerAt(payload: Payload | undefined, key: string): number | undefined {
  const value = payload?.[key];
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

export function numberAt(payload: Payload | undefined, key: string): number | undefined {
  const value = payload?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The objects of a list; empty where there is none. */
export function listAt(payload: Payload | undefined, key: string): readonly Payload[] {
  const value = payload?.[key];
  return Array.isArray(value) ? value.map(asPayload).filter((each) => each !== undefined) : [];
}

/** PostgreSQL holds no NUL, and half a character is no UTF-8. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** The beginning, never ending in half a character. */
export function cut(text: string, units: number): string {
  const beginning = text.slice(0, units);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}
