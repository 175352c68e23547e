import { describe, expect, it } from '@jest/globals';
import { inboundEvents } from './inbound-events.js';

describe('events of what came in', () => {
  it('are what the channel says', async () => {
    const event = { kind: 'ignored', providerEventId: 'item', reason: 'spec' } as const;
    expect(
      await inboundEvents(
        () => 'item',
        async () => [event],
      ),
    ).toEqual([event]);
  });

  it('are one unreadable event when the channel fails', async () => {
    const events = await inboundEvents(
      () => 'item',
      () => Promise.reject(new Error('broken')),
    );
    expect(events).toEqual([
      { kind: 'unreadable', providerEventId: 'item', reason: 'PARSE_FAILED', detail: 'broken' },
    ]);
  });

  it('are one unreadable event when the channel says nothing, so that nothing is dropped in silence', async () => {
    const events = await inboundEvents(
      () => 'item',
      async () => [],
    );
    expect(events).toMatchObject([{ kind: 'unreadable', reason: 'NO_EVENTS' }]);
  });
});
