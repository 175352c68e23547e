import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { exchanged } from '@tributary/channel-sdk/testing';
import fc from 'fast-check';
import { parseWebhook } from './parse.js';

const folder = new URL('../fixtures/', import.meta.url);
const calls = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json') && name !== 'no-json.json')
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown);

function parse(body: string) {
  const headers = {};
  return parseWebhook({
    method: 'POST',
    path: '',
    query: {},
    headers,
    body: new TextEncoder().encode(body),
    url: '',
  });
}

describe('a call with a part of another shape', () => {
  it('is as many events as it carries, never an exception', async () => {
    const check = fc.asyncProperty(
      fc.constantFrom(...calls),
      fc.nat(40),
      fc.jsonValue(),
      async (call, at, part) => {
        const events = await parse(JSON.stringify(exchanged(call, at, part)));
        expect(events.length).toBeGreaterThan(0);
        for (const { providerEventId } of events) expect(providerEventId).not.toBe('');
      },
    );
    await fc.assert(check, { numRuns: 1000, seed: 4 });
  });

  it('that is nested without end is unreadable', async () => {
    const [event] = await parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(event).toMatchObject({ kind: 'unreadable', reason: 'NO_EVENTS' });
  });

  it('of several events, one of which cannot be read, loses no other', async () => {
    const good = {
      type: 'message',
      webhookEventId: 'A',
      source: { type: 'user', userId: 'U1' },
      message: { type: 'text', id: '1', text: 'hi' },
    };
    const events = await parse(JSON.stringify({ events: [null, good, { type: 'message' }] }));
    expect(events.map(({ kind }) => kind)).toEqual(['unreadable', 'message', 'unreadable']);
    expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(3);
  });
});
