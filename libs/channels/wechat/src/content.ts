import type { MediaReference } from '@tributary/channel-sdk';
import { createHash } from 'node:crypto';

/** What a message says, in words and files. */
export interface Content {
  readonly text: string;
  readonly media?: readonly MediaReference[];
  readonly fields?: Readonly<Record<string, string | undefined>>;
}

export function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join('\n');
}

/** Latitude, then longitude, as maps take them. */
export function locationText(label = '', latitude = '', longitude = ''): string {
  return lines(label, latitude === '' ? '' : `${latitude}, ${longitude}`);
}

/** None where the vendor gave no id, or one that no record could hold. */
export function mediaOf(id: string | undefined, name: string, contentType: string): MediaReference[] {
  return id === undefined || id === '' || id.length > 2000
    ? []
    : [{ id, name, contentType, disposition: 'attachment' }];
}

/** Without the empty ones. */
export function fieldsOf(fields: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => Boolean(field[1])),
  );
}

/** The beginning; half a character at its end is replaced, as no database takes one. */
export function cut(text: string, units: number): string {
  return text.slice(0, units).toWellFormed();
}

/** SHA-256 in hexadecimal: an id for what came without one. */
export function hashOf(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('hex');
}
