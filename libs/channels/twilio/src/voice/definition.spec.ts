import { describe, expect, it } from '@jest/globals';
import { definitionFaults, definitionOf, FIRST_DEFINITION, isOpen, PLAIN_DEFINITION } from './definition.js';

const faultsOf = (value: unknown) => definitionFaults(JSON.stringify(value));
const inboxWith = (definition: unknown) => ({ settings: { definition: JSON.stringify(definition) } });

describe('what callers go through', () => {
  it('begins with a definition that is accepted', () => {
    expect(definitionFaults(FIRST_DEFINITION)).toEqual([]);
  });

  it.each([
    ['no JSON', '{', 'This is no JSON'],
    ['a list', '[]', 'is an object'],
    [
      'a word that is not known',
      JSON.stringify({ greeting: { en: 'Hi' }, musik: 1 }),
      'musik: there is greeting',
    ],
  ])('refuses %s and says what is wrong', (_, text, complaint) => {
    expect(definitionFaults(text)[0]).toContain(complaint);
  });

  it.each([
    ['without a greeting', {}, 'greeting:'],
    ['in a language that nobody speaks here', { greeting: { tlh: 'nuqneH' } }, 'greeting.tlh'],
    [
      'with a key that is none',
      { greeting: { en: 'Hi' }, menu: [{ key: '0', say: { en: 'x' } }] },
      'menu[0].key',
    ],
    [
      'with an option that only some hear',
      { greeting: { en: 'Hi', zh: '好' }, menu: [{ key: '1', say: { en: 'x' } }] },
      'also in zh',
    ],
    [
      'with a type of ticket that there is not',
      { greeting: { en: 'Hi' }, menu: [{ key: '1', say: { en: 'x' }, type: 'poem' }] },
      'menu[0].type',
    ],
    [
      'with the same key twice',
      {
        greeting: { en: 'Hi' },
        menu: [
          { key: '1', say: { en: 'x' } },
          { key: '1', say: { en: 'y' } },
        ],
      },
      'same key',
    ],
    [
      'with hours that end before they begin',
      { greeting: { en: 'Hi' }, hours: { timeZone: 'UTC', open: { mon: ['18:00-09:00'] } } },
      'hours.open.mon',
    ],
    [
      'with a place that has no time',
      { greeting: { en: 'Hi' }, hours: { timeZone: 'Nowhere/City', open: {} } },
      'hours.timeZone',
    ],
    [
      'with music that is not fetched safely',
      { greeting: { en: 'Hi' }, queue: { music: 'http://x' } },
      'queue.music',
    ],
  ])('refuses one %s, with the place', (_, definition, where) => {
    expect(faultsOf(definition).join(' ')).toContain(where);
  });

  it('is plain where it cannot be read, so that callers hear something all the same', () => {
    expect(definitionOf({ settings: { definition: '{' } })).toEqual(PLAIN_DEFINITION);
  });

  it.each([
    ['2026-11-24T09:59:00Z', true],
    ['2026-11-24T10:00:00Z', false],
    ['2026-11-24T00:59:00Z', false],
    ['2026-11-29T03:00:00Z', false],
  ])('at %s in Shanghai’s working hours: %s', (at, open) => {
    const hours = { timeZone: 'Asia/Shanghai', open: { tue: ['09:00-12:00', '13:00-18:00'] } };
    expect(isOpen(definitionOf(inboxWith({ greeting: { zh: '好' }, hours })), new Date(at))).toBe(open);
  });
});
