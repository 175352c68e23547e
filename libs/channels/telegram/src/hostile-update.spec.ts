import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { exchanged } from '@tributary/channel-sdk/testing';
import fc from 'fast-check';
import { parseUpdate } from './parse.js';

const folder = new URL('../fixtures/', import.meta.url);
const updates = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json') && name !== 'no-json.json')
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown);

function parse(body: string) {
  const headers = {};
  return parseUpdate({
    method: 'POST',
    path: '',
    query: {},
    headers,
    body: new TextEncoder().encode(body),
    url: '',
  });
}

describe('an update with a part of another shape', () => {
  it('is one event, never an exception', async () => {
    const check = fc.asyncProperty(
      fc.constantFrom(...updates),
      fc.nat(40),
      fc.jsonValue(),
      async (update, at, part) => {
        const events = await parse(JSON.stringify(exchanged(update, at, part)));
        expect(events).toHaveLength(1);
        expect(events[0]?.providerEventId).not.toBe('');
      },
    );
    await fc.assert(check, { numRuns: 1000, seed: 4 });
  });

  it('whose link ends within a character is text that a database holds', async () => {
    const entities = [{ type: 'text_link', offset: 0, length: 1, url: 'https://a.example' }];
    const message = { message_id: 1, chat: { id: 2 }, text: '🫖', entities };
    const [event] = await parse(JSON.stringify({ update_id: 5, message }));
    expect(event).toMatchObject({ kind: 'message' });
    expect((event as { readonly text: string }).text.isWellFormed()).toBe(true);
  });

  it('that is nested without end is unreadable', async () => {
    const [event] = await parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(event).toMatchObject({ kind: 'unreadable', reason: 'NO_UPDATE' });
  });

  it('that lost its chat is kept for a person to look at', async () => {
    const [event] = await parse('{"update_id":5,"message":{"message_id":1,"date":2,"text":"hi"}}');
    expect(event).toMatchObject({ kind: 'unreadable', reason: 'NO_CHAT', providerEventId: '5:2' });
  });
});
