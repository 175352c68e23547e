import { describe, expect, it, jest } from '@jest/globals';
import { type ChannelsSummary, runChannelsDemo } from './demo/channels/run-channels-demo.js';
import { ownStage } from './demo/channels/own-stage.js';

jest.setTimeout(240_000);

const nobodyWatches = { write: () => undefined, columns: undefined, isTerminal: false };

describe('npm run demo -- --channels', () => {
  const run = (channels: string, more: Partial<Parameters<typeof runChannelsDemo>[0]> = {}) =>
    runChannelsDemo({ channels, screen: nobodyWatches, signal: new AbortController().signal, ...more });

  it('has a conversation on every installed channel, each an answered ticket with its original', async () => {
    const { performed, failures }: ChannelsSummary = await run('all');
    expect(failures).toEqual([]);
    expect(performed.length).toBeGreaterThanOrEqual(17);
    for (const { originalBytes, answer } of performed) {
      expect(originalBytes).toBeGreaterThan(0);
      expect(answer).toMatch(/^answer (?:sent|delivered|read)$/);
    }
    const shown = new Map(performed.map(({ channel, shows }) => [channel, shows]));
    expect(shown.get('wechat_mini')).toContain('an order card');
    expect(shown.get('voice')).toEqual(['a voicemail', 'a second call, answered']);
    expect(shown.get('api')).toContain('a device’s alarm, raised and cleared');
  });

  it('fails on an installed channel that nobody plays, and on one that is not installed', async () => {
    const { performed, failures } = await run('email,line,pigeon', { stages: [ownStage] });
    expect(performed.map(({ channel }) => channel)).toEqual(['email']);
    expect(failures).toEqual([
      'line: is installed, and the demo has no play for it',
      'pigeon: no such channel is installed',
    ]);
  });
});
