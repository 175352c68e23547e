import type { ChannelModule } from '@tributary/channel-sdk';
import { createLogger } from '@tributary/runtime';
import { describe, expect, it } from '@jest/globals';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { SentUpkeep, type SentUpkeepParts } from './sent-upkeep.js';

/** An upkeep of two inboxes of a channel; what it does is written down in order. */
function anUpkeep(change: Partial<SentUpkeepParts['sent']> = {}) {
  const story: string[] = [];
  const lines: string[] = [];
  const inboxes = ['a', 'b'].map((id): HostedInbox => ({
    ...{ id, workspaceId: 'w', channel: 'line', name: id, settings: {} },
  }));
  const upkeep = new SentUpkeep({
    channels: [{ manifest: { channel: 'line' } } as ChannelModule],
    inboxes: { ofChannel: async () => inboxes } as unknown as InboxLookup,
    sent: {
      release: async ({ id }) => void story.push(`release ${id}`),
      async forget({ id }) {
        story.push(`forget ${id}`);
        return id === 'b' ? 2 : 0;
      },
      ...change,
    },
    logger: createLogger('spec', 'debug', { write: (line) => void lines.push(line) }),
  });
  return { upkeep, story, lines };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the upkeep of what was sent', () => {
  it('lets waiting reports of every inbox go, then forgets, and says what was forgotten', async () => {
    const { upkeep, story, lines } = anUpkeep();
    upkeep.start();
    await until(() => story.length === 4);
    await upkeep.stop();
    expect(story).toEqual(['release a', 'forget a', 'release b', 'forget b']);
    expect(lines.join('')).toMatch(/"inboxId":"b","receipts":2/);
  });

  it('outlives a log that is away', async () => {
    const { upkeep, lines } = anUpkeep({ release: () => Promise.reject(new Error('the log is away')) });
    upkeep.start();
    await until(() => lines.length > 0);
    await upkeep.stop();
    expect(lines.join('')).toContain('sent_upkeep_failed');
  });

  it('begins nothing more when the process stops', async () => {
    let finish: () => void = () => undefined;
    const { upkeep, story } = anUpkeep({ release: () => new Promise((resolve) => (finish = resolve)) });
    upkeep.start();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const stopped = upkeep.stop();
    finish();
    await stopped;
    expect(story).toEqual(['forget a']);
  });
});
