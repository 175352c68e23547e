import { describe, expect, it } from '@jest/globals';
import type { HostedInbox } from './hosted-inbox.js';
import { inboundEvents } from './inbound-events.js';

const inbox: HostedInbox = { id: 'i', workspaceId: 'w', channel: 'email', name: 'n', settings: {} };
const item = { id: 'item', raw: Buffer.from('x') };

describe('events of an item', () => {
  it('are what the channel says', async () => {
    const event = { kind: 'ignored', providerEventId: 'item', reason: 'spec' } as const;
    expect(await inboundEvents({ parse: async () => [event] }, item, inbox)).toEqual([event]);
  });

  it('are one unreadable event when the channel fails', async () => {
    const events = await inboundEvents({ parse: () => Promise.reject(new Error('broken')) }, item, inbox);
    expect(events).toEqual([
      { kind: 'unreadable', providerEventId: 'item', reason: 'PARSE_FAILED', detail: 'broken' },
    ]);
  });

  it('are one unreadable event when the channel says nothing, so that nothing is dropped in silence', async () => {
    const events = await inboundEvents({ parse: async () => [] }, item, inbox);
    expect(events).toMatchObject([{ kind: 'unreadable', reason: 'NO_EVENTS' }]);
  });
});
