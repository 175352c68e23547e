import { encodeRecord, inboundMessages, parseRecord } from '@tributary/contracts';
import { expect, it } from '@jest/globals';
import type { Inbound, InboundEvent } from '../channel.js';
import type { ChannelInbox } from '../manifest.js';
import { type ChannelFixtures, comparableEvents, type InputOf, seeded } from './channel-fixtures.js';

export function describeParsing<Kind extends Inbound['kind']>(
  parse: (input: InputOf[Kind], inbox: ChannelInbox) => Promise<readonly InboundEvent[]>,
  { inbox, recorded, inputOf }: ChannelFixtures<Kind>,
): void {
  it.each(recorded)('$name as it was recorded', async ({ input, events }) => {
    expect(comparableEvents(await parse(input, inbox))).toEqual(events);
  });

  it.each(recorded)(
    '$name twice alike, and leaves input and inbox as they were',
    async ({ input, events }) => {
      const before = structuredClone(input);
      const frozen = deepFreeze(structuredClone(input));
      const frozenInbox = deepFreeze(structuredClone(inbox));
      await parse(frozen, frozenInbox);
      expect(comparableEvents(await parse(frozen, frozenInbox))).toEqual(events);
      expect(frozen).toEqual(before);
    },
  );

  it.each(recorded)(
    '$name into records that the topic takes, each with an id of its own',
    async ({ input }) => {
      expectAcceptable(await parse(input, inbox), inbox);
    },
  );

  it('the bytes of strangers into acceptable events, never into an exception', async () => {
    const random = seeded(20_261_124);
    for (let round = 0; round < 150; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 2000) }, () =>
        Math.floor(random() * 256),
      );
      const events = await parse(inputOf(bytes), inbox);
      expect(events.length).toBeGreaterThan(0);
      expectAcceptable(events, inbox);
    }
  });
}

function expectAcceptable(events: readonly InboundEvent[], inbox: ChannelInbox): void {
  const ids = events.map(({ providerEventId }) => providerEventId);
  expect(ids).toEqual([...new Set(ids)]);
  for (const event of events) expect(faultOf(event, inbox)).toBeUndefined();
}

/** What the host will append, checked as consumers check it. */
function faultOf(event: InboundEvent, inbox: ChannelInbox): string | undefined {
  if (event.providerEventId === '' || event.providerEventId.length > 500)
    return 'an id has 1 to 500 characters';
  const written = JSON.stringify(event, (_key, value: unknown) => (value instanceof Uint8Array ? '' : value));
  if (/\\u0000|\\ud[89a-f]/.test(written)) return 'text that PostgreSQL cannot hold';
  if ('externalId' in event && (event.externalId === '' || (event.externalId?.length ?? 0) > 998))
    return 'an external id has 1 to 998 characters';
  if (event.kind !== 'message' && event.kind !== 'unreadable') return undefined;
  const stored = { key: 'k', sha256: '0'.repeat(64), size: 0 };
  const { kind, ...rest } = event;
  const { files, media: _media, album: _album, ...fields } = { files: [], media: [], album: '', ...rest };
  const payload = {
    ...fields,
    inboxId: inbox.id,
    channel: 'email',
    attachments: files.map(({ content: _content, ...file }) => ({ ...file, ...stored })),
    raw: stored,
    receivedAt: '2026-01-01T00:00:00.000Z',
  };
  const bytes = encodeRecord({
    id: '00000000-0000-7000-8000-000000000001',
    type: kind === 'message' ? 'message.received' : 'message.unreadable',
    version: 1,
    workspaceId: '00000000-0000-7000-8000-000000000002',
    occurredAt: '2026-01-01T00:00:00.000Z',
    payload,
  });
  const record = parseRecord(inboundMessages, bytes);
  return record.ok ? undefined : `${record.reason}: ${record.detail}`;
}

/** Bytes cannot be frozen; they are compared instead. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const each of Object.values(value)) deepFreeze(each);
    Object.freeze(value);
  }
  return value;
}
