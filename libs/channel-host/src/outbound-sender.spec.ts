import { describe, expect, it } from '@jest/globals';
import { ChannelError, type ChannelErrorCode, type OutboundDelivery } from '@tributary/channel-sdk';
import { ObjectNotFoundError } from '@tributary/object-store';
import { newId } from '@tributary/runtime';
import { DrainingError } from './message-sender.js';
import { aBatch, aMessage, aSender } from './testing/a-sender.js';

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
      const { sender, reports, tried, waits, aside, again } = aSender({
        send: async () => {
          throw new ChannelError(code, 'the provider said no');
        },
      });
      expect(await sender.handle(aBatch([aMessage()]))).toEqual([{ kind: 'done' }]);
      for (let at = 1; at < times; at++) expect(await again()).toBe(at === times - 1 ? 'ended' : 'later');
      expect([tried(), aside.length, waits.length]).toEqual([times, times - 1, 0]);
      expect(reports).toMatchObject([
        { state: 'failed', errorCode: code, errorDetail: 'the provider said no' },
      ]);
    },
  );

  it('waits aside when the provider wants it slower, and is sent once that passed', async () => {
    const { sender, reports, story, again } = aSender({
      send: async (_, tried) => {
        if (tried < 3) throw new ChannelError('rate_limited', 'not now');
        return { state: 'sent' };
      },
    });
    await sender.handle(aBatch([aMessage('first'), aMessage('second')]));
    expect(story).toEqual([
      ...['send first', 'waits first', 'rings', 'send second', 'waits second', 'rings'],
    ]);
    await again();
    expect(reports).toMatchObject([{ state: 'sent' }]);
  });

  it('waits as long as the provider asks, the whole inbox with it, and not for an hour', async () => {
    const asked = (retryAfterMs: number) => {
      const held: number[] = [];
      const parts = aSender({
        send: async (_, tried) => {
          if (tried === 1) throw new ChannelError('rate_limited', 'slow down', retryAfterMs);
          return { state: 'sent' };
        },
        pace: { hold: async (_inbox, milliseconds) => void held.push(milliseconds) },
      });
      return { ...parts, held };
    };
    const patient = asked(300_000);
    await patient.sender.handle(aBatch([aMessage()]));
    expect([patient.aside[0]!.waitMs, patient.held]).toEqual([300_000, [300_000]]);
    const hour = asked(3_600_000);
    await hour.sender.handle(aBatch([aMessage()]));
    expect(hour.reports).toMatchObject([{ state: 'failed', errorCode: 'rate_limited' }]);
    expect([hour.aside, hour.held]).toEqual([[], []]);
  });

  it('waits where it is for a turn that comes at once, and aside for another', async () => {
    const turns = [120, 0, 900];
    const { sender, story, waits, aside } = aSender({ pace: { take: async () => turns.shift()! } });
    await sender.handle(aBatch([aMessage('soon'), aMessage('later')]));
    expect(story).toEqual(['send soon', 'report sent', 'waits later', 'rings']);
    expect([waits, aside[0]!.waitMs, aside[0]!.tried]).toEqual([[120], 900, 0]);
  });

  it('takes the turn of as many messages as the provider counts', async () => {
    const asked: unknown[] = [];
    const { sender } = aSender({
      pace: {
        async take(_inbox, send) {
          asked.push(send);
          return 0;
        },
      },
    });
    const file = { key: 'k', sha256: 'a'.repeat(64), size: 1, name: 'a', contentType: 'b/c' };
    const attachments = [{ ...file, disposition: 'attachment' as const }];
    await sender.handle(aBatch([aMessage('Hello', { attachments })]));
    expect(asked).toEqual([{ contact: 'a@b.example', messages: 2, perSecond: { inbox: 10, contact: 1 } }]);
  });

  it('stands behind what waits of its conversation, whatever becomes of the provider', async () => {
    const { sender, story, aside, waiting } = aSender({ standsBehind: true, holds: true });
    await sender.handle(aBatch([aMessage('third')]));
    expect(story).toEqual(['waits third', 'rings']);
    expect(aside[0]).toMatchObject({ tried: 0, waitMs: 0 });
    expect(waiting).toEqual([]);
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
    const waiting = aSender({ pace: { take: async () => 200 } });
    const batch = { ...aBatch([aMessage()], second.signal), heartbeat: async () => second.abort() };
    await expect(waiting.sender.handle(batch)).rejects.toThrow(DrainingError);
    expect([waiting.reports, waiting.aside]).toEqual([[], []]);
  });
});
