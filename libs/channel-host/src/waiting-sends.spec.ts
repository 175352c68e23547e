import { describe, expect, it } from '@jest/globals';
import { ChannelError, type ChannelErrorCode } from '@tributary/channel-sdk';
import type { MessageQueued } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { ProviderFault } from './inbox-breaker.js';
import { aBatch, aMessage, aSender, inbox } from './testing/a-sender.js';
import type { WaitingItem } from './waiting-work.js';

describe('a reply', () => {
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
});
