import { createHash } from 'node:crypto';
import type { InboundEvent } from '@tributary/channel-sdk';

/** Longest ids that the log takes. */
const EVENT_ID = 500;
const EXTERNAL_ID = 998;
const ADDRESS = 320;

/** The same for the same content, for what Meta gives no id. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 40);
}

/** An id as the log takes it; a longer one by its digest. */
export function eventId(...parts: readonly string[]): string {
  const id = parts.join(':');
  return id.length <= EVENT_ID ? id : `long:${digest(id)}`;
}

/** Undefined for an id that no message of ours or theirs can have. */
export function externalId(id: string | undefined): string | undefined {
  return id === undefined || id.length > EXTERNAL_ID ? undefined : id;
}

export function isAddress(value: string | undefined): value is string {
  return value !== undefined && value.length <= ADDRESS;
}

export function ignored(item: unknown, reason: string): InboundEvent {
  return { kind: 'ignored', providerEventId: `ignored:${digest(item)}`, reason };
}

export function unreadable(item: unknown, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId: `unreadable:${digest(item)}`, reason, detail };
}

/**
 * Meta may put the same event twice into one call. The first stands; a repetition keeps a place of its own, so that
 * nothing is dropped in silence.
 */
export function distinct(events: readonly InboundEvent[]): InboundEvent[] {
  const seen = new Map<string, number>();
  return events.map((event) => {
    const { providerEventId } = event;
    const before = seen.get(providerEventId) ?? 0;
    seen.set(providerEventId, before + 1);
    return before === 0
      ? event
      : {
          kind: 'ignored',
          providerEventId: `repeated:${before}:${digest(providerEventId)}`,
          reason: 'repeated',
        };
  });
}
