import { describe, expect, it } from '@jest/globals';
import { aChange, aMessage, at } from '../../testing/tickets.js';
import { foldText, threadDays } from './thread-blocks.js';

const agent = { id: 'me', name: 'Lin', kind: 'agent' } as const;

describe('a thread', () => {
  it('is grouped by the days of the reader’s zone', () => {
    const thread = [
      aMessage('a', { at: '2026-11-24T15:59:00Z' }),
      aMessage('b', { at: '2026-11-24T16:01:00Z' }),
    ];
    expect(threadDays(thread, 'Asia/Shanghai').map(({ key }) => key)).toEqual(['2026-11-24', '2026-11-25']);
    expect(threadDays(thread, 'UTC')).toHaveLength(1);
  });

  it('folds neighbouring events together', () => {
    const [day] = threadDays([aMessage('a'), aChange('x'), aChange('y'), aMessage('b'), aChange('z')], 'UTC');
    expect(
      day?.blocks.map((block) => (block.kind === 'events' ? block.items.map(({ id }) => id) : block.id)),
    ).toEqual(['a', ['x', 'y'], 'b', ['z']]);
  });

  it('does not fold events of two days', () => {
    const thread = [
      aChange('x', { at: '2026-11-23T10:00:00Z' }),
      aChange('y', { at: '2026-11-24T10:00:00Z' }),
    ];
    expect(threadDays(thread, 'UTC')).toHaveLength(2);
  });

  it('says the author once for messages that follow closely', () => {
    const thread = [
      aMessage('a', { at: at(0) }),
      aMessage('b', { at: at(5) }),
      aMessage('c', { at: at(30) }),
      aMessage('d', { at: at(31), direction: 'outbound', author: agent }),
      aMessage('e', { at: at(32), direction: 'note', author: agent }),
    ];
    const [day] = threadDays(thread, 'UTC');
    expect(day?.blocks.map((block) => block.kind === 'message' && block.continues)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('always shows the head of a sender who is not verified', () => {
    const [day] = threadDays([aMessage('a'), aMessage('b', { unverifiedSender: true })], 'UTC');
    expect(day?.blocks[1]).toMatchObject({ continues: false });
  });
});

describe('quoted text', () => {
  it('folds away behind what is new', () => {
    expect(foldText('Still broken.\n\n> Have you tried…', 'Still broken.')).toEqual({
      shown: 'Still broken.',
      folded: '> Have you tried…',
    });
  });

  it('is all there is when nothing new was told apart', () => {
    expect(foldText('Hello', null)).toEqual({ shown: 'Hello', folded: '' });
  });

  it('hides nothing when the new part was rewritten', () => {
    expect(foldText('Hello  there\n> quote', 'Hello there')).toEqual({
      shown: 'Hello there',
      folded: 'Hello  there\n> quote',
    });
  });
});
