import { v7 } from 'uuid';

/** A new UUIDv7: unique, and ordered by the millisecond it was made in (RFC 9562). */
export function newId(): string {
  return v7();
}
