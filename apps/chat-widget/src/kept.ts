/** What a browser keeps for one customer of one inbox; in memory alone where the page may keep nothing. */
export class Kept {
  readonly #memory = new Map<string, string>();
  readonly #store: Storage | undefined = storage();
  readonly #prefix: string;

  /** @param scope tells customers of one browser apart: nothing of one is ever shown to another. */
  constructor(scope: string) {
    this.#prefix = `tributary:${scope}:`;
  }

  get(name: string): string | undefined {
    return (this.#store ? this.#store.getItem(this.#prefix + name) : this.#memory.get(name)) ?? undefined;
  }

  /** A full store is no reason to lose what somebody writes: then it is kept in memory as well. */
  set(name: string, value: string): void {
    try {
      if (this.#store) this.#store.setItem(this.#prefix + name, value);
      else this.#memory.set(name, value);
    } catch {
      this.#memory.set(name, value);
    }
  }

  remove(name: string): void {
    this.#store?.removeItem(this.#prefix + name);
    this.#memory.delete(name);
  }

  /** In the order of their names. */
  names(start: string): string[] {
    const all = this.#store ? Object.keys(this.#store) : [];
    const own = all
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => name.slice(this.#prefix.length));
    return [...new Set([...own, ...this.#memory.keys()])].filter((name) => name.startsWith(start)).toSorted();
  }
}

/** Sandboxed frames and some privacy settings throw on the mere look. */
function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

/** One at a time among the tabs of this browser, where it can tell them apart (secure pages). */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  return locks ? (locks.request(`tributary:${name}`, work) as Promise<T>) : work();
}

/** Random, also on pages that are not secure, where `randomUUID` is missing (RFC 9562, version 4). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
