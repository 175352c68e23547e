import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ThreadHintsDto } from '@tributary/contracts';
import { threadToken } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { findConversation, type ThreadIndex } from './threading.js';

const key = randomBytes(32);
const [first, second] = [newId(), newId()];
const conversation = (id: string, ...participants: string[]) =>
  [id, { id, participants: new Set(participants) }] as const;
const index: ThreadIndex = {
  conversations: new Map([conversation(first, 'ann'), conversation(second, 'ann', 'bob')]),
  byExternalId: new Map([
    ['<1@x>', [first]],
    ['<2@x>', [second]],
    ['<both@x>', [first, second]],
  ]),
  byTicketNumber: new Map([
    ['1001', [first]],
    ['1002', [second]],
  ]),
};
const find = (hints: Partial<ThreadHintsDto>, identity: string) =>
  findConversation({ tokens: [], references: [], ticketNumbers: [], ...hints }, identity, index, key);

describe('the conversation that a message belongs to', () => {
  it('is none without a hint', () => {
    expect(find({}, 'ann')).toBeUndefined();
  });

  it('is the token’s, for whoever brings it; who is not in it is told apart', () => {
    const tokens = [threadToken(key, first)];
    expect(find({ tokens }, 'ann')).toEqual({ conversationId: first, by: 'token', participant: true });
    expect(find({ tokens }, 'eve')).toEqual({ conversationId: first, by: 'token', participant: false });
  });

  it.each([
    ['of another key', threadToken(randomBytes(32), first)],
    ['of a conversation that is not here', threadToken(key, newId())],
    ['that was changed', threadToken(key, first).replace(/.$/, (c) => (c === '0' ? '1' : '0'))],
    ['that is none', 'c1.x.y'],
  ])('is not found by a token %s', (_, token) => {
    expect(find({ tokens: [token] }, 'ann')).toBeUndefined();
  });

  it('is that of the first token that we made', () => {
    const tokens = ['junk', threadToken(key, second), threadToken(key, first)];
    expect(find({ tokens }, 'ann')?.conversationId).toBe(second);
  });

  it('is the nearest reference’s that the sender takes part in', () => {
    expect(find({ references: ['<unknown@x>', '<1@x>', '<2@x>'] }, 'bob')).toEqual({
      ...{ conversationId: second, by: 'reference', participant: true },
    });
    expect(find({ references: ['<both@x>'] }, 'bob')?.conversationId).toBe(second);
    expect(find({ references: ['<1@x>', '<2@x>', '<both@x>'] }, 'eve')).toBeUndefined();
  });

  it('is a number’s only for somebody in it', () => {
    expect(find({ ticketNumbers: ['1001'] }, 'ann')).toMatchObject({
      ...{ conversationId: first, by: 'ticket_number' },
    });
    expect(find({ ticketNumbers: ['1001'] }, 'bob')).toBeUndefined();
    expect(find({ ticketNumbers: ['1001', '1002'] }, 'bob')?.conversationId).toBe(second);
  });

  it('is the token’s before the reference’s before the number’s', () => {
    const tokens = [threadToken(key, second)];
    expect(find({ tokens, references: ['<1@x>'], ticketNumbers: ['1001'] }, 'ann')?.by).toBe('token');
    expect(find({ references: ['<2@x>'], ticketNumbers: ['1001'] }, 'ann')).toMatchObject({
      conversationId: second,
    });
  });
});
