import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  ChannelError,
  type ChannelErrorCode,
  type ChannelModule,
  type ChannelPorts,
  type InboundFile,
  type MediaReference,
} from '@tributary/channel-sdk';
import {
  encodeRecord,
  inboundMessages,
  type MediaStored,
  type MessageReceived,
  parseRecord,
} from '@tributary/contracts';
import { type EventLog, type NewRecord, type RecordBatch, RetryableError } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { ProviderFault } from './inbox-breaker.js';
import { LARGEST_MEDIA, MediaFetcher } from './media-fetcher.js';
import type { WaitingItem } from './waiting-work.js';

const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'line', name: 'Shop', settings: {} },
};
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const photo: MediaReference = {
  ...{ id: 'm1', name: 'photo', contentType: 'image/jpeg', disposition: 'attachment' },
};

interface Behaviour {
  readonly fetch?: (media: MediaReference, tried: number) => Promise<InboundFile>;
  readonly byId?: InboxLookup['byId'];
  readonly put?: ObjectStore['put'];
  readonly append?: () => Promise<void>;
  /** Earlier files of the inbox wait. */
  readonly holds?: boolean;
}

/** A fetcher among strict fakes. */
function aFetcher(behaviour: Behaviour = {}) {
  const told: (MediaStored & { readonly key: string })[] = [];
  const stored: Uint8Array[] = [];
  const waits: number[] = [];
  const waiting: (WaitingItem & { readonly fault: string | undefined })[] = [];
  let tried = 0;
  const channel = {
    manifest: { channel: 'line' },
    async fetchMedia(media: MediaReference) {
      tried += 1;
      return behaviour.fetch ? behaviour.fetch(media, tried) : aFile();
    },
  } as unknown as ChannelModule;
  const objects = {
    async put(workspaceId: string, content: Uint8Array) {
      stored.push(content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { key: `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`, sha256, size: content.byteLength };
    },
    ...(behaviour.put ? { put: behaviour.put } : {}),
  } as unknown as ObjectStore;
  const log = {
    async append(records: readonly NewRecord[]) {
      await behaviour.append?.();
      for (const { key, value } of records) {
        const parsed = parseRecord(inboundMessages, value);
        if (!parsed.ok) throw new Error(`${parsed.reason} ${parsed.detail}`);
        told.push({ key, ...(parsed.envelope.payload as MediaStored) });
      }
      return [];
    },
  } as unknown as EventLog;
  const fetcher = new MediaFetcher({
    ...{ channels: [channel], log, objects, clock: systemClock, logger: createLogger('spec', 'silent') },
    inboxes: { byId: behaviour.byId ?? (async () => inbox) } as unknown as InboxLookup,
    ports: () => ({}) as ChannelPorts,
    breaker: {
      holds: async () => (behaviour.holds ? { code: 'unavailable', detail: 'away' } : undefined),
      wait: async (_inbox, item, fault) => void waiting.push({ ...item, fault: fault?.code }),
    },
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      signal.throwIfAborted();
    },
  });
  return { fetcher, told, stored, waits, waiting, tries: () => tried };
}

function aFile(change: Partial<InboundFile> = {}): InboundFile {
  return { name: '', contentType: '', content: PNG, disposition: 'attachment', ...change };
}

function aRecord(change: Partial<MessageReceived> = {}, type = 'message.received'): Buffer {
  const payload: MessageReceived = {
    ...{ inboxId: inbox.id, channel: 'line', providerEventId: 'e1', from: { kind: 'line', value: 'U1' } },
    ...{ thread: { tokens: [], references: [], ticketNumbers: [] }, text: '', attachments: [], fields: {} },
    raw: { key: 'k', sha256: 'a'.repeat(64), size: 1 },
    ...{ receivedAt: '2026-11-24T09:00:00.000Z', automatic: false, media: [photo] },
    ...change,
  };
  return encodeRecord({
    ...{ id: newId(), type, version: 1, workspaceId: inbox.workspaceId },
    ...{ occurredAt: '2026-11-24T09:00:00.000Z', payload },
  });
}

function aBatch(values: readonly Buffer[], signal = new AbortController().signal): RecordBatch {
  const place = { topic: inboundMessages.name, partition: 0 };
  return {
    ...{ ...place, epoch: 1n, signal, heartbeat: async () => undefined },
    records: values.map((value, i) => ({
      ...{ ...place, offset: BigInt(i), key: `${inbox.id}:line:U1`, value, headers: {} },
      appendedAt: new Date(),
    })),
  };
}

describe('a file that a message left at its provider', () => {
  it('is stored, and told of under the key of its message', async () => {
    const { fetcher, told, stored } = aFetcher();
    expect(await fetcher.handle(aBatch([aRecord()]))).toEqual([{ kind: 'done' }]);
    expect(stored).toEqual([PNG]);
    expect(told).toMatchObject([
      {
        ...{ key: `${inbox.id}:line:U1`, inboxId: inbox.id, providerEventId: 'e1', mediaId: 'm1' },
        attachment: { name: 'photo.png', contentType: 'image/png', size: PNG.byteLength },
      },
    ]);
    expect(told[0]).not.toHaveProperty('reason');
  });

  it('is told of once each, whatever became of its neighbours', async () => {
    const media = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ ...photo, id }));
    const { fetcher, told } = aFetcher({
      fetch: async ({ id }) => {
        if (id === 'c') throw new ChannelError('rejected_permanently', 'gone');
        return aFile();
      },
    });
    await fetcher.handle(aBatch([aRecord({ media })]));
    expect(told).toHaveLength(6);
    expect(Object.fromEntries(told.map(({ mediaId, reason }) => [mediaId, reason]))).toEqual({
      ...{ a: undefined, b: undefined, c: 'rejected_permanently' },
      ...{ d: undefined, e: undefined, f: undefined },
    });
  });

  it('is fetched again after a pause while the fault may pass', async () => {
    const { fetcher, told, waits } = aFetcher({
      fetch: async (_media, tried) => {
        if (tried === 1) throw new ChannelError('rate_limited', 'slow down', 3000);
        if (tried === 2) throw new ChannelError('unavailable', 'away');
        return aFile();
      },
    });
    await fetcher.handle(aBatch([aRecord()]));
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBe(3000);
    expect(told).toMatchObject([{ attachment: { contentType: 'image/png' } }]);
  });

  it('is given up with the provider’s reason after seven tries, each when the provider said', async () => {
    const { fetcher, told, tries } = aFetcher({
      fetch: async () => {
        throw new ChannelError('unavailable', 'The file is being prepared.', 5000);
      },
    });
    await fetcher.handle(aBatch([aRecord()]));
    expect(tries()).toBe(7);
    expect(told).toMatchObject([{ reason: 'unavailable', detail: 'The file is being prepared.' }]);
    expect(told[0]).not.toHaveProperty('attachment');
  });

  it.each<[ChannelErrorCode, number]>([
    ['unavailable', 3],
    ['bad_credentials', 1],
  ])('waits for a provider that is %s after %i tries, and is fetched later', async (code, times) => {
    let isAway = true;
    const { fetcher, told, tries, waiting } = aFetcher({
      fetch: async () => {
        if (isAway) throw new ChannelError(code, 'no way through');
        return aFile();
      },
    });
    await fetcher.handle(aBatch([aRecord()]));
    expect([tries(), told.length]).toEqual([times, 0]);
    expect(waiting).toMatchObject([{ key: 'e1/m1', fault: code }]);
    const item = JSON.parse(JSON.stringify(waiting[0])) as WaitingItem;
    const again = () =>
      fetcher.fetchWaiting({ ...item, since: new Date() }, inbox.workspaceId, new AbortController().signal);
    await expect(again()).rejects.toThrow(ProviderFault);
    isAway = false;
    await again();
    expect(told).toMatchObject([{ key: `${inbox.id}:line:U1`, mediaId: 'm1', attachment: {} }]);
  });

  it('is not asked for while others of its inbox wait', async () => {
    const { fetcher, told, tries, waiting } = aFetcher({ holds: true });
    await fetcher.handle(aBatch([aRecord()]));
    expect([tries(), told.length]).toEqual([0, 0]);
    expect(waiting).toMatchObject([{ key: 'e1/m1', tries: 0, fault: undefined }]);
  });

  it('that waited for a day is given up', async () => {
    const { fetcher, told, waiting } = aFetcher({
      fetch: async () => {
        throw new ChannelError('bad_credentials', 'no');
      },
    });
    await fetcher.handle(aBatch([aRecord()]));
    const item = { ...waiting[0]!, since: new Date(Date.now() - 25 * 3_600_000) };
    await fetcher.fetchWaiting(item, inbox.workspaceId, new AbortController().signal);
    expect(told).toMatchObject([{ reason: 'bad_credentials' }]);
  });

  it.each<ChannelErrorCode>(['rejected_permanently', 'unsupported'])(
    'is given up at once for %s',
    async (code) => {
      const { fetcher, told, tries } = aFetcher({
        fetch: async () => {
          throw new ChannelError(code, 'no');
        },
      });
      await fetcher.handle(aBatch([aRecord()]));
      expect(tries()).toBe(1);
      expect(told).toMatchObject([{ reason: code }]);
    },
  );

  it('is given up when the channel itself fails, and those behind it go on', async () => {
    const { fetcher, told } = aFetcher({
      fetch: async (_media, tried) => {
        if (tried === 1) throw new TypeError('x is undefined');
        return aFile();
      },
    });
    await fetcher.handle(aBatch([aRecord(), aRecord({ providerEventId: 'e2' })]));
    expect(told).toHaveLength(2);
    expect(told.find(({ providerEventId }) => providerEventId === 'e1')).toMatchObject({
      reason: 'rejected_permanently',
      detail: 'The channel failed.',
    });
  });

  it('is not stored when it is too large', async () => {
    const { fetcher, told, stored } = aFetcher({
      fetch: async () => aFile({ content: Buffer.alloc(LARGEST_MEDIA + 1) }),
    });
    await fetcher.handle(aBatch([aRecord()]));
    expect(stored).toEqual([]);
    expect(told).toMatchObject([{ reason: 'too_large' }]);
  });

  it('is told to be lost when its inbox is gone', async () => {
    const { fetcher, told, tries } = aFetcher({ byId: async () => undefined });
    await fetcher.handle(aBatch([aRecord()]));
    expect(tries()).toBe(0);
    expect(told).toMatchObject([{ reason: 'inbox_gone' }]);
  });

  it('gives the same word when the batch comes again', async () => {
    const { fetcher, told } = aFetcher();
    const batch = aBatch([aRecord()]);
    await fetcher.handle(batch);
    await fetcher.handle(batch);
    expect(told).toHaveLength(2);
    expect(told[0]).toEqual(told[1]);
  });

  it.each<[string, Behaviour]>([
    ['object store', { put: () => Promise.reject(new Error('disk full')) }],
    ['log', { append: () => Promise.reject(new Error('no broker')) }],
  ])('stays for another try of the batch while the %s is away', async (_, behaviour) => {
    const { fetcher, told } = aFetcher(behaviour);
    await expect(fetcher.handle(aBatch([aRecord()]))).rejects.toThrow(RetryableError);
    expect(told).toEqual([]);
  });

  it('is left to the next owner when the partition goes away', async () => {
    const draining = new AbortController();
    const { fetcher, told } = aFetcher({
      fetch: async () => {
        draining.abort();
        throw new ChannelError('unavailable', 'aborted');
      },
    });
    await expect(fetcher.handle(aBatch([aRecord()], draining.signal))).rejects.toThrow(RetryableError);
    expect(told).toEqual([]);
  });
});

describe('what has nothing to fetch', () => {
  it.each<[string, Buffer, string]>([
    ['a message without references', aRecord({ media: [] }), 'NO_MEDIA'],
    ['a message of another host’s channel', aRecord({ channel: 'email' }), 'OTHER_HOST'],
    ['what the fetcher itself appended', aMediaStored(), 'NO_MEDIA'],
    ['bytes that are no record', Buffer.from('{'), 'UNREADABLE'],
  ])('is passed over: %s', async (_, record, reason) => {
    const { fetcher, tries } = aFetcher();
    expect(await fetcher.handle(aBatch([record]))).toEqual([{ kind: 'ignored', reason }]);
    expect(tries()).toBe(0);
  });
});

function aMediaStored(): Buffer {
  const payload: MediaStored = {
    ...{ inboxId: inbox.id, channel: 'line', providerEventId: 'e1', mediaId: 'm1', reason: 'too_large' },
  };
  return encodeRecord({
    ...{ id: newId(), type: 'media.stored', version: 1, workspaceId: inbox.workspaceId },
    ...{ occurredAt: '2026-11-24T09:00:00.000Z', payload },
  });
}
