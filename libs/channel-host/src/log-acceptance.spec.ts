import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '@tributary/channel-sdk';
import {
  inboundMessages,
  type MessageReceived,
  type MessageUnreadable,
  parseRecord,
} from '@tributary/contracts';
import type { EventLog, NewRecord } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import { createLogger, newId, RightOfWay } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import type { HostedInbox } from './hosted-inbox.js';
import { LogAcceptance } from './log-acceptance.js';

type MessageEvent = Extract<InboundEvent, { kind: 'message' }>;

const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'email', name: 'Support', settings: { secret: 'x' } },
};

function aMessage(change: Partial<MessageEvent> = {}): MessageEvent {
  return {
    ...{
      kind: 'message',
      providerEventId: 'e1',
      from: { kind: 'email', value: 'a@b.example' },
      text: 'Hello',
    },
    ...{ thread: { tokens: [], references: [], ticketNumbers: [] }, files: [], automatic: false, fields: {} },
    ...change,
  };
}

/** An acceptance among strict fakes; what it did is written down in order. */
function anAcceptance(faults: { readonly put?: Error; readonly append?: Error } = {}) {
  const story: string[] = [];
  const appended: NewRecord[] = [];
  const objects = {
    async put(workspaceId: string, content: Uint8Array) {
      if (faults.put) throw faults.put;
      const sha256 = createHash('sha256').update(content).digest('hex');
      story.push(`put ${content.byteLength}`);
      return { key: `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`, sha256, size: content.byteLength };
    },
  } as unknown as ObjectStore;
  const log = {
    async append(records: readonly NewRecord[]) {
      if (faults.append) throw faults.append;
      story.push(`append ${records.length}`);
      appended.push(...records);
      return [];
    },
  } as unknown as EventLog;
  const sent = {
    async match(_inbox: unknown, receipts: readonly { readonly externalId: string }[]) {
      if (receipts.length > 0) story.push(`match ${receipts.map(({ externalId }) => externalId).join(' ')}`);
      return receipts.map(({ externalId }) => ({
        topic: 'outbound.receipts',
        key: externalId,
        value: Buffer.of(),
      }));
    },
    async until(_inbox: unknown, moments: readonly { readonly until: Date }[]) {
      return moments.map(({ until }) => ({
        ...{ topic: 'outbound.receipts', key: until.toISOString(), value: Buffer.of() },
      }));
    },
    async noted(_inbox: unknown, moments: readonly unknown[]) {
      story.push(`noted ${moments.length}`);
    },
  };
  const logger = createLogger('spec', 'silent');
  const acceptance = new LogAcceptance({
    ...{ log, objects, sent, clock: new VirtualClock(), logger, rightOfWay: new RightOfWay() },
  });
  const accept = (raw: string | Uint8Array, ...events: InboundEvent[]) =>
    acceptance.accept(inbox, Buffer.from(raw), events);
  const payloads = <P = MessageReceived>() =>
    appended.map((record) => {
      const parsed = parseRecord(inboundMessages, record.value);
      if (!parsed.ok) throw new Error(`${parsed.reason} ${parsed.detail}`);
      return { type: parsed.envelope.type, payload: parsed.envelope.payload as P };
    });
  return { accept, story, appended, payloads };
}

describe('what an adapter understood', () => {
  it('is in the log, keyed by inbox and sender, with the bytes as they came', async () => {
    const { accept, appended, payloads } = anAcceptance();
    expect(await accept('raw', aMessage())).toEqual({
      messages: 1,
      receipts: 0,
      unreadable: 0,
      changes: 0,
      ignored: 0,
    });
    expect(appended).toMatchObject([{ topic: 'inbound.messages', key: `${inbox.id}:email:a@b.example` }]);
    expect(payloads()[0]!.payload).toMatchObject({
      ...{ inboxId: inbox.id, channel: 'email', text: 'Hello', receivedAt: '2026-11-23T09:00:00.000Z' },
      raw: { content: Buffer.from('raw').toString('base64'), size: 3 },
    });
    expect(Buffer.from(appended[0]!.value).toString()).not.toContain('secret');
  });

  it('has its files and its large originals in the object store before it is in the log', async () => {
    const { accept, story, payloads } = anAcceptance();
    const file = {
      name: 'a.txt',
      contentType: 'text/plain',
      content: Buffer.from('one'),
      disposition: 'attachment' as const,
    };
    await accept('x'.repeat(20_000), aMessage({ files: [file, { ...file, contentId: 'c' }] }));
    expect(story).toEqual(['put 20000', 'put 3', 'put 3', 'append 1']);
    const { payload } = payloads()[0]!;
    expect(payload.raw.content).toBeUndefined();
    expect(payload.attachments).toMatchObject([{ name: 'a.txt', size: 3 }, { contentId: 'c' }]);
  });

  it.each(['put', 'append'] as const)(
    'is not accepted when the %s fails, and nothing else is done',
    async (which) => {
      const { accept, story } = anAcceptance({ [which]: new Error('disk full') });
      await expect(accept('x'.repeat(20_000), aMessage())).rejects.toThrow('disk full');
      expect(story).toEqual(which === 'put' ? [] : ['put 20000']);
    },
  );

  it('is appended in one go, in its order, whatever kinds there are', async () => {
    const { accept, appended, story } = anAcceptance();
    const report = await accept(
      'raw',
      {
        kind: 'receipt',
        providerEventId: 'r',
        externalId: '<1@x>',
        sent: { messageId: newId(), attempt: 1 },
        state: 'failed',
      },
      aMessage(),
      { kind: 'ignored', providerEventId: 'i', reason: 'own_echo' },
      { kind: 'unreadable', providerEventId: 'u', reason: 'BROKEN', detail: 'x' },
    );
    expect(report).toEqual({ messages: 1, receipts: 1, unreadable: 1, changes: 0, ignored: 1 });
    expect(story).toEqual(['append 3']);
    expect(appended.map(({ topic }) => topic)).toEqual([
      'outbound.receipts',
      'inbound.messages',
      'inbound.messages',
    ]);
  });

  it('is matched with what we sent where it does not say itself which message it is about', async () => {
    const { accept, appended, story } = anAcceptance();
    const receipt = { kind: 'receipt', providerEventId: 'r', externalId: 'm1', state: 'read' } as const;
    const named = { ...receipt, externalId: 'm2', sent: { messageId: newId(), attempt: 1 } };
    await accept('raw', receipt, named);
    expect(story).toEqual(['match m1', 'append 2']);
    expect(appended.map(({ key }) => key)).toEqual([named.sent.messageId, 'm1']);
  });

  it('is what was read until a moment, noted once that is in the log', async () => {
    const { accept, appended, story } = anAcceptance();
    const until = new Date('2026-11-24T12:00:00Z');
    const by = { kind: 'psid', value: 'ann' };
    const report = await accept('raw', { kind: 'seen', providerEventId: 's', by, until, state: 'read' });
    expect(story).toEqual(['append 1', 'noted 1']);
    expect(appended.map(({ key }) => key)).toEqual([until.toISOString()]);
    expect(report.receipts).toBe(1);
  });

  it('is nothing in the log when there was nothing to accept', async () => {
    const { accept, story } = anAcceptance();
    await accept('raw', { kind: 'ignored', providerEventId: 'i', reason: 'own_echo' });
    expect(story).toEqual([]);
  });
});

describe('what a customer did to a message, or to us', () => {
  const about = { providerEventId: 'e9', externalId: 'm1', from: { kind: 'email', value: 'a@b.example' } };

  it.each<[InboundEvent, string, object]>([
    [{ kind: 'edited', ...about, text: 'Hallo' }, 'message.edited', { externalId: 'm1', text: 'Hallo' }],
    [{ kind: 'deleted', ...about }, 'message.deleted', { externalId: 'm1' }],
    [{ kind: 'reaction', ...about, reaction: '👍' }, 'message.reacted', { externalId: 'm1', reaction: '👍' }],
    [
      { kind: 'consent', providerEventId: 'e9', from: about.from, consent: 'withdrawn' },
      'consent.changed',
      { consent: 'withdrawn' },
    ],
    [
      { kind: 'activity', providerEventId: 'e9', from: about.from, activity: 'SCAN', fields: { scene: '7' } },
      'customer.acted',
      { activity: 'SCAN', fields: { scene: '7' } },
    ],
  ])('stands behind its messages in the log, with its bytes: %j', async (event, type, parts) => {
    const { accept, appended, payloads } = anAcceptance();
    expect(await accept('raw', event)).toMatchObject({ changes: 1, messages: 0 });
    expect(appended).toMatchObject([{ topic: 'inbound.messages', key: `${inbox.id}:email:a@b.example` }]);
    expect(payloads()).toMatchObject([
      { type, payload: { providerEventId: 'e9', inboxId: inbox.id, ...parts, raw: { size: 3 } } },
    ]);
  });

  it('has no reaction when the reaction was taken back', async () => {
    const { accept, payloads } = anAcceptance();
    await accept('raw', { kind: 'reaction', ...about, reaction: null });
    expect(payloads()[0]!.payload).not.toHaveProperty('reaction');
  });

  it('is cut where an edited text is too long for a record', async () => {
    const { accept, appended, payloads } = anAcceptance();
    await accept('raw', { kind: 'edited', ...about, text: '\u0001'.repeat(1_000_000) });
    expect(payloads()[0]!.type).toBe('message.edited');
    expect(appended[0]!.value.byteLength).toBeLessThanOrEqual(1_000_000);
  });

  it('becomes unreadable when the channel names no message', async () => {
    const { accept, payloads } = anAcceptance();
    await accept('raw', { kind: 'deleted', ...about, externalId: '' });
    expect(payloads()).toMatchObject([{ type: 'message.unreadable', payload: { providerEventId: 'e9' } }]);
  });
});

describe('files that are still at the provider', () => {
  const reference = {
    ...{ id: 'f1', name: 'a.jpg', contentType: 'image/jpeg', disposition: 'attachment' as const },
  };

  it('travel as references, in their order, with the album they belong to', async () => {
    const { accept, payloads } = anAcceptance();
    await accept('raw', aMessage({ media: [reference, { ...reference, id: 'f2' }], album: 'g1' }));
    expect(payloads()[0]!.payload).toMatchObject({
      ...{ album: 'g1', media: [reference, { id: 'f2' }], attachments: [] },
    });
  });

  it('lose the end of a name that is too long, and the message stays', async () => {
    const { accept, payloads } = anAcceptance();
    await accept('raw', aMessage({ media: [{ ...reference, name: '😀'.repeat(400) }] }));
    expect(payloads()).toMatchObject([{ type: 'message.received' }]);
  });
});

describe('what a channel should not have given', () => {
  it.each<[string, Partial<MessageEvent>]>([
    ['a name of 201 letters', { from: { kind: 'email', value: 'a@b.example', name: 'x'.repeat(201) } }],
    ['a subject of 999 letters', { subject: 'x'.repeat(999) }],
    ['an event id of 501 letters', { providerEventId: 'x'.repeat(501) }],
    ['no event id', { providerEventId: '' }],
    ['101 references', { thread: { tokens: [], references: Array(101).fill('r'), ticketNumbers: [] } }],
    ['a field that is no text', { fields: { a: 1 as unknown as string } }],
  ])('becomes a message that an agent sees as unreadable, with its bytes: %s', async (_, change) => {
    const { accept, payloads } = anAcceptance();
    await accept('raw', aMessage(change));
    const [record] = payloads<MessageUnreadable>();
    expect(record).toMatchObject({
      type: 'message.unreadable',
      payload: { reason: 'BAD_PAYLOAD', raw: { content: Buffer.from('raw').toString('base64') } },
    });
    expect(record!.payload.providerEventId).not.toBe('');
  });

  it('has the same event id each time', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) {
      const { accept, payloads } = anAcceptance();
      await accept('raw', aMessage({ providerEventId: 'x'.repeat(501) }));
      ids.push(payloads()[0]!.payload.providerEventId);
    }
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('a message too large for a record', () => {
  it('loses its HTML first', async () => {
    const { accept, appended, payloads } = anAcceptance();
    await accept('raw', aMessage({ text: 'x'.repeat(200_000), html: 'y'.repeat(900_000) }));
    expect(payloads()[0]!.payload).toMatchObject({ text: 'x'.repeat(200_000) });
    expect(payloads()[0]!.payload.html).toBeUndefined();
    expect(appended[0]!.value.byteLength).toBeLessThanOrEqual(1_000_000);
  });

  it.each(['x', '\u0001', '账', '\u{1f600}'])(
    'is cut where its text alone is too long, of %j',
    async (letter) => {
      const { accept, appended, payloads } = anAcceptance();
      const text = letter.repeat(1_200_000 / letter.length);
      await accept('raw', aMessage({ text, visibleText: text, html: text }));
      const { payload } = payloads()[0]!;
      expect(payload.text).toMatch(/\[…\]$/);
      expect(payload.text.isWellFormed()).toBe(true);
      expect(appended[0]!.value.byteLength).toBeLessThanOrEqual(1_000_000);
    },
  );

  it('that fits is left as it is', async () => {
    const { accept, payloads } = anAcceptance();
    const html = 'y'.repeat(700_000);
    await accept('raw', aMessage({ text: 'short', html }));
    expect(payloads()[0]!.payload.html).toBe(html);
  });
});
