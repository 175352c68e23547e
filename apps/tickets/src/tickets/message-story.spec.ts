import { describe, expect, it } from '@jest/globals';
import type { ChangeBody } from '../rows.js';
import { tellStory, type ToldChange, type ToldMessage } from './message-story.js';

const at = (minutes: number) => new Date(Date.parse('2026-11-24T12:00:00Z') + minutes * 60_000);
const message: ToldMessage = {
  ...{ direction: 'inbound', author_id: 'ann', external_id: 'm1', text: 'Where is it?', visible_text: null },
};
const did = (minutes: number, body: ChangeBody, change: Partial<ToldChange> = {}): ToldChange => ({
  ...{ body, external_id: 'm1', contact_id: 'ann', at: at(minutes) },
  ...change,
});
const edited = (minutes: number, text: string, change: Partial<ToldChange> = {}) =>
  did(minutes, { kind: 'edited', text }, change);
const deleted = (minutes: number, change: Partial<ToldChange> = {}) =>
  did(minutes, { kind: 'deleted' }, change);
const reacted = (minutes: number, reaction: string | null, contact_id: string | null = 'ann') =>
  did(minutes, { kind: 'reacted', reaction }, { contact_id });
const part = (minutes: number, text: string, external_id: string) =>
  did(minutes, { kind: 'part', text }, { external_id });

describe('what a message says', () => {
  it('is what it said, where nothing came after it', () => {
    const told = tellStory({ ...message, visible_text: 'Where' }, []);
    expect(told).toEqual({
      ...{ text: 'Where is it?', visibleText: 'Where', earlier: [], deletedAt: null, reactions: [] },
      activities: [],
    });
  });

  it('is its last edit, with each text before it and until when it stood', () => {
    const told = tellStory({ ...message, visible_text: 'Where' }, [edited(1, 'Where?'), edited(2, 'When?')]);
    expect(told).toMatchObject({ text: 'When?', visibleText: null });
    expect(told.earlier).toEqual([
      { text: 'Where is it?', until: at(1) },
      { text: 'Where?', until: at(2) },
    ]);
  });

  it('is not another text when an edit changed none', () => {
    expect(tellStory(message, [edited(1, 'Where is it?')]).earlier).toEqual([]);
  });

  it('stays readable when it was taken back', () => {
    expect(tellStory(message, [edited(1, 'Hm'), deleted(2)])).toMatchObject({
      ...{ text: 'Hm', deletedAt: at(2), earlier: [{ text: 'Where is it?' }] },
    });
  });

  it('is changed by its author alone', () => {
    const other = { contact_id: 'eve' };
    const told = tellStory(message, [edited(1, 'Pay me', other), deleted(2, other)]);
    expect(told).toMatchObject({ text: 'Where is it?', deletedAt: null });
    const ours = { ...message, direction: 'outbound' as const };
    expect(tellStory(ours, [edited(1, 'Pay me')]).text).toBe('Where is it?');
  });
});

describe('reactions', () => {
  it('are the last of each, of ours as of theirs', () => {
    const told = tellStory({ ...message, direction: 'outbound', author_id: 'li' }, [
      ...[reacted(1, '👍'), reacted(2, '🎉', 'bob'), reacted(3, '❤')],
    ]);
    expect(told.reactions.map(({ contactId, reaction }) => [contactId, reaction])).toEqual([
      ['bob', '🎉'],
      ['ann', '❤'],
    ]);
  });

  it('are gone when they were taken back', () => {
    expect(tellStory(message, [reacted(1, '👍'), reacted(2, null)]).reactions).toEqual([]);
  });
});

describe('an album', () => {
  const album = [part(1, '', 'm2'), part(2, 'the receipt', 'm3')];

  it('says what its parts say, in their order', () => {
    expect(tellStory(message, album)).toMatchObject({ text: 'Where is it?\nthe receipt', earlier: [] });
    expect(tellStory({ ...message, text: '' }, album).text).toBe('the receipt');
  });

  it('is edited where the edited part stands, also when the edit came first', () => {
    const edit = edited(3, 'the bill', { external_id: 'm3' });
    for (const changes of [
      [...album, edit],
      [edit, ...album],
    ]) {
      expect(tellStory(message, changes).text).toBe('Where is it?\nthe bill');
    }
  });

  it('is deleted when each part is', () => {
    const first = [...album, deleted(3), deleted(4, { external_id: 'm2' })];
    expect(tellStory(message, first)).toMatchObject({
      ...{ text: 'the receipt', deletedAt: null, earlier: [{ text: 'Where is it?\nthe receipt' }] },
    });
    expect(tellStory(message, [...first, deleted(5, { external_id: 'm3' })])).toMatchObject({
      ...{ text: 'Where is it?\nthe receipt', deletedAt: at(5) },
    });
  });
});
