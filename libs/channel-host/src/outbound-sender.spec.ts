import { describe, expect, it } from '@jest/globals';
import {
  ChannelError,
  type ChannelErrorCode,
  type ChannelModule,
  type OutboundDelivery,
  type SendReceipt,
} from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import {
  type DeliveryReported,
  encodeRecord,
  type Envelope,
  type MessageQueued,
  outboundMessages,
  outboundReceipts,
} from '@tributary/contracts';
import type { EventLog, NewRecord, RecordBatch } from '@tributary/event-log';
import { ObjectNotFoundError, type ObjectStore } from '@tributary/object-store';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { ProviderFault } from './inbox-breaker.js';
import { DrainingError, OutboundSender, type OutboundSenderParts } from './outbound-sender.js';
import type { WaitingItem } from './waiting-work.js';

const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'email', name: 'Support', settings: {} },
};

/** A sender among strict fakes; everything that happens is written down in order. */
function aSender(change: {
  readonly send?: (delivery: OutboundDelivery, tried: number) => Promise<SendReceipt>;
  readonly inboxes?: Partial<InboxLookup>;
  readonly append?: (tried: number) => Promise<void>;
  readonly objects?: Partial<ObjectStore>;
  readonly sent?: Partial<OutboundSenderParts['sent']>;
  /** Earlier work of the inbox waits. */
  readonly holds?: boolean;
}) {
  const story: string[] = [];
  const waiting: (WaitingItem & { readonly fault: string | undefined })[] = [];
  const reports: DeliveryReported[] = [];
  const waits: number[] = [];
  let tried = 0;
  let appends = 0;
  const channel = {
    manifest: { channel: 'email' },
    async send(delivery: OutboundDelivery) {
      story.push(`send ${delivery.text}`);
      return change.send ? change.send(delivery, ++tried) : { state: 'sent' as const };
    },
  } as unknown as ChannelModule;
  const log = {
    async append([record]: readonly NewRecord[]) {
      await change.append?.(++appends);
      const { payload } = JSON.parse(Buffer.from(record!.value).toString()) as Envelope<
        string,
        DeliveryReported
      >;
      story.push(`report ${payload.state}`);
      reports.push(payload);
      expect(record).toMatchObject({ topic: outboundReceipts.name, key: payload.messageId });
      return [];
    },
  } as unknown as EventLog;
  const parts: OutboundSenderParts = {
    channels: [channel],
    inboxes: { byId: async () => inbox, ...change.inboxes } as InboxLookup,
    log,
    objects: { get: async () => Buffer.from('file'), ...change.objects } as ObjectStore,
    ports: () => unreachablePorts,
    sent: {
      async remember(_inbox, externalIds) {
        if (externalIds.length > 0) story.push(`remember ${externalIds.join(' ')}`);
      },
      release: async () => void story.push('release'),
      ...change.sent,
    },
    breaker: {
      holds: async () => (change.holds ? { code: 'bad_credentials', detail: 'no' } : undefined),
      async wait(_inbox, item, fault) {
        story.push('wait');
        waiting.push({ ...item, fault: fault?.code });
      },
    },
    clock: systemClock,
    logger: createLogger('spec', 'silent'),
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      signal.throwIfAborted();
    },
  };
  return { sender: new OutboundSender(parts), story, reports, waits, waiting, tried: () => tried };
}

function aMessage(text = 'Hello', change: Partial<MessageQueued> = {}): Buffer {
  const payload: MessageQueued = {
    ...{ messageId: newId(), attempt: 1, inboxId: inbox.id, channel: 'email', conversationId: newId() },
    ...{
      ticketId: newId(),
      ticketNumber: '1001',
      to: { kind: 'email', value: 'a@b.example' },
      authorName: 'Li',
    },
    ...{ text, attachments: [], threadToken: 't', references: [] },
    ...change,
  };
  return encodeRecord({
    ...{ id: newId(), type: 'message.queued', version: 1, workspaceId: inbox.workspaceId },
    ...{ occurredAt: new Date().toISOString(), payload },
  });
}

function aBatch(
  values: readonly Buffer[],
  signal = new AbortController().signal,
): RecordBatch & { beats: number } {
  const batch = {
    ...{ topic: outboundMessages.name, partition: 0, epoch: 1n, signal, beats: 0 },
    heartbeat: async () => void (batch.beats += 1),
    records: values.map((value, i) => ({
      ...{ topic: outboundMessages.name, partition: 0, offset: BigInt(i), key: '', value, headers: {} },
      appendedAt: new Date(),
    })),
  };
  return batch;
}

describe('a reply on its way out', () => {
  it('is sent in its turn, and what became of it is in the log before the offset moves', async () => {
    const { sender, story } = aSender({});
    const outcomes = await sender.handle(aBatch([aMessage('first'), aMessage('second')]));
    expect(outcomes).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(story).toEqual(['send first', 'report sent', 'send second', 'report sent']);
  });

  it('is reported with its attempt and the provider’s id', async () => {
    const { sender, reports } = aSender({ send: async () => ({ state: 'sent', externalId: '<1@x>' }) });
    const messageId = newId();
    await sender.handle(aBatch([aMessage('Hello', { messageId, attempt: 3 })]));
    expect(reports).toEqual([{ messageId, attempt: 3, state: 'sent', externalId: '<1@x>' }]);
  });

  it('does not leave once its window is closed', async () => {
    const { sender, story, reports } = aSender({});
    await sender.handle(aBatch([aMessage('late', { notAfter: '2020-01-01T00:00:00.000Z' })]));
    expect(story).not.toContain('send late');
    expect(reports).toMatchObject([{ state: 'failed', errorCode: 'window_closed' }]);
  });

  it('is remembered by all ids that the provider gave it before it is reported, then its early reports are let go', async () => {
    const { sender, story } = aSender({
      send: async () => ({ state: 'sent', externalId: 'm1', furtherIds: ['m2', 'm3'] }),
    });
    await sender.handle(aBatch([aMessage()]));
    expect(story).toEqual(['send Hello', 'remember m1 m2 m3', 'report sent', 'release']);
  });

  it('is not sent again when it could not be remembered at once', async () => {
    let tries = 0;
    const { sender, story, tried } = aSender({
      send: async () => ({ state: 'sent', externalId: 'm1' }),
      sent: {
        async remember() {
          if (++tries < 3) throw new Error('the database is busy');
        },
      },
    });
    await sender.handle(aBatch([aMessage()]));
    expect([tries, tried(), story]).toEqual([3, 1, ['send Hello', 'report sent', 'release']]);
  });

  it('is done when its early reports have to wait longer', async () => {
    const { sender } = aSender({
      send: async () => ({ state: 'sent', externalId: 'm1' }),
      sent: { release: () => Promise.reject(new Error('the database is busy')) },
    });
    expect(await sender.handle(aBatch([aMessage()]))).toEqual([{ kind: 'done' }]);
  });

  it('takes its files along', async () => {
    const sent: OutboundDelivery[] = [];
    const { sender } = aSender({
      send: async (delivery) => {
        sent.push(delivery);
        return { state: 'sent' };
      },
    });
    const sha256 = 'a'.repeat(64);
    const file = {
      key: 'k',
      sha256,
      size: 4,
      name: 'a.txt',
      contentType: 'text/plain',
      disposition: 'attachment' as const,
    };
    await sender.handle(aBatch([aMessage('Hello', { attachments: [file] })]));
    expect(sent[0]!.files).toEqual([
      { name: 'a.txt', contentType: 'text/plain', content: Buffer.from('file') },
    ]);
  });

  it.each([
    ['rate_limited', 6],
    ['rejected_permanently', 1],
    ['window_closed', 1],
    ['unsupported', 1],
  ] as [ChannelErrorCode, number][])(
    'that meets %s is tried %i times, then the agent is told',
    async (code, times) => {
      const { sender, reports, tried, waits } = aSender({
        send: async () => {
          throw new ChannelError(code, 'the provider said no');
        },
      });
      expect(await sender.handle(aBatch([aMessage()]))).toEqual([{ kind: 'done' }]);
      expect(tried()).toBe(times);
      expect(reports).toMatchObject([
        { state: 'failed', errorCode: code, errorDetail: 'the provider said no' },
      ]);
      expect(waits.every((milliseconds) => milliseconds <= 2000)).toBe(true);
    },
  );

  it.each<ChannelErrorCode>(['unavailable', 'bad_credentials', 'unknown_outcome'])(
    'whose provider is %s waits where it survives, and the agent is told; those behind it go on',
    async (code) => {
      const { sender, reports, waiting, story, waits } = aSender({
        send: async ({ text }) => {
          if (text === 'first') throw new ChannelError(code, 'no way through');
          return { state: 'sent' };
        },
      });
      const messageId = newId();
      const batch = aBatch([aMessage('first', { messageId, attempt: 2 }), aMessage('second')]);
      expect(await sender.handle(batch)).toEqual([{ kind: 'done' }, { kind: 'done' }]);
      expect(waiting).toMatchObject([{ key: `${messageId}/2`, tries: 1, fault: code }]);
      expect(story).toEqual(['send first', 'wait', 'report queued', 'send second', 'report sent']);
      expect(reports[0]).toMatchObject({ messageId, errorCode: code, errorDetail: 'no way through' });
      expect(waits).toEqual([]);
    },
  );

  it('is not tried while earlier ones of its inbox wait', async () => {
    const { sender, story, waiting, reports } = aSender({ holds: true });
    expect(await sender.handle(aBatch([aMessage()]))).toEqual([{ kind: 'done' }]);
    expect(story).toEqual(['wait', 'report queued']);
    expect(reports).toMatchObject([{ errorCode: 'bad_credentials', errorDetail: 'no' }]);
    expect(waiting).toMatchObject([{ tries: 0, fault: undefined }]);
  });

  describe('that waited', () => {
    const waited = (code: ChannelErrorCode | null, item: Partial<WaitingItem>) => {
      const made = aSender({
        send: async () => {
          if (code !== null) throw new ChannelError(code, 'still away');
          return { state: 'sent' };
        },
        holds: true,
      });
      const { payload } = JSON.parse(aMessage().toString()) as { readonly payload: MessageQueued };
      const all = { key: 'k', payload, tries: 1, since: new Date(), ...item };
      const done = made.sender.sendWaiting(all, inbox.workspaceId, new AbortController().signal);
      return { ...made, done };
    };

    it('is sent and reported', async () => {
      const { done, reports } = waited(null, {});
      await done;
      expect(reports).toMatchObject([{ state: 'sent' }]);
    });

    it('waits on while its provider is away', async () => {
      const { done, reports } = waited('unavailable', { tries: 50 });
      await expect(done).rejects.toThrow(ProviderFault);
      expect(reports).toEqual([]);
    });

    it.each<[string, ChannelErrorCode, Partial<WaitingItem>]>([
      ['after a day', 'unavailable', { since: new Date(Date.now() - 25 * 3_600_000) }],
      ['after six tries that may each have arrived', 'unknown_outcome', { tries: 5 }],
    ])('is given up %s', async (_, code, item) => {
      const { done, reports } = waited(code, item);
      await done;
      expect(reports).toMatchObject([{ state: 'failed', errorCode: code }]);
    });
  });

  it('is sent after a fault that passed, and says nothing of it', async () => {
    const { sender, reports } = aSender({
      send: async (_, tried) => {
        if (tried < 3) throw new ChannelError('rate_limited', 'not now');
        return { state: 'sent' };
      },
    });
    await sender.handle(aBatch([aMessage()]));
    expect(reports).toMatchObject([{ state: 'sent' }]);
  });

  it('waits as long as the provider asks, with signs of life, and not for an hour', async () => {
    const asked = (retryAfterMs: number) =>
      aSender({
        send: async (_, tried) => {
          if (tried === 1) throw new ChannelError('rate_limited', 'slow down', retryAfterMs);
          return { state: 'sent' };
        },
      });
    const patient = asked(30_000);
    const batch = aBatch([aMessage()]);
    await patient.sender.handle(batch);
    expect(patient.waits.reduce((sum, each) => sum + each, 0)).toBe(30_000);
    expect(batch.beats).toBeGreaterThanOrEqual(15);
    const hour = asked(3_600_000);
    await hour.sender.handle(aBatch([aMessage()]));
    expect(hour.reports).toMatchObject([{ state: 'failed', errorCode: 'rate_limited' }]);
    expect(hour.waits).toEqual([]);
  });

  it('fails alone when the channel itself breaks', async () => {
    const { sender, reports } = aSender({
      send: async ({ text }) => {
        if (text === 'odd') throw new TypeError('x is undefined');
        return { state: 'sent' };
      },
    });
    await sender.handle(aBatch([aMessage('odd'), aMessage('plain')]));
    expect(reports).toMatchObject([
      { state: 'failed', errorDetail: 'the channel failed' },
      { state: 'sent' },
    ]);
  });

  it('fails when its inbox is gone, and when one of its files is', async () => {
    const gone = aSender({ inboxes: { byId: async () => undefined } });
    await gone.sender.handle(aBatch([aMessage()]));
    expect(gone.reports).toMatchObject([{ state: 'failed', errorCode: 'unsupported' }]);
    const lost = aSender({
      objects: {
        get: async () => {
          throw new ObjectNotFoundError('no object');
        },
      },
    });
    const file = {
      key: 'k',
      sha256: 'a'.repeat(64),
      size: 1,
      name: 'a',
      contentType: 'b/c',
      disposition: 'attachment' as const,
    };
    await lost.sender.handle(aBatch([aMessage('Hello', { attachments: [file] })]));
    expect(lost.reports).toMatchObject([{ state: 'failed', errorCode: 'rejected_permanently' }]);
    expect([...gone.story, ...lost.story]).not.toContain('send Hello');
  });

  it('is tried again as a batch while the directory is away, before anything was sent', async () => {
    const { sender, story } = aSender({
      inboxes: {
        byId: async () => {
          throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
        },
      },
    });
    await expect(sender.handle(aBatch([aMessage()]))).rejects.toMatchObject({ code: 'RETRYABLE' });
    expect(story).toEqual([]);
  });

  it('is sent once while the log stumbles over its receipt', async () => {
    const { sender, story } = aSender({
      append: async (tried) => {
        if (tried < 3) throw new Error('no leader');
      },
    });
    await sender.handle(aBatch([aMessage()]));
    expect(story).toEqual(['send Hello', 'report sent']);
  });

  it('ends the batch when the log stays away: nothing is called done that nobody can read', async () => {
    const { sender } = aSender({
      append: async () => {
        throw new Error('no leader');
      },
    });
    await expect(sender.handle(aBatch([aMessage()]))).rejects.toThrow('no leader');
  });

  it('of another host’s channel is left to it', async () => {
    const { sender, story } = aSender({});
    const outcomes = await sender.handle(aBatch([aMessage('Hello', { channel: 'web_form' })]));
    expect(outcomes).toEqual([{ kind: 'ignored', reason: 'OTHER_HOST' }]);
    expect(story).toEqual([]);
  });

  it('that nobody can read is put aside', async () => {
    const { sender } = aSender({});
    expect(await sender.handle(aBatch([Buffer.from('no'), aMessage()]))).toEqual([
      { kind: 'quarantined', reason: 'NOT_JSON' },
      { kind: 'done' },
    ]);
  });

  it('stays where it is when the partition goes away, in the middle of a batch and in the middle of a wait', async () => {
    const drain = new AbortController();
    const middle = aSender({
      send: async () => {
        drain.abort();
        return { state: 'sent' };
      },
    });
    await expect(
      middle.sender.handle(aBatch([aMessage('first'), aMessage('second')], drain.signal)),
    ).rejects.toThrow(DrainingError);
    expect(middle.story).toEqual(['send first', 'report sent']);
    const second = new AbortController();
    const waiting = aSender({
      send: async () => {
        throw new ChannelError('rate_limited', 'not now', 50_000);
      },
    });
    const batch = { ...aBatch([aMessage()], second.signal), heartbeat: async () => second.abort() };
    await expect(waiting.sender.handle(batch)).rejects.toThrow(DrainingError);
    expect(waiting.reports).toEqual([]);
  });
});
