import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { EnvelopeDto } from './envelope.js';
import { envelopeSchema, payloadClassOf, payloadSchema, type JsonSchema } from './json-schema.js';
import { compileCheck } from './record-check.js';
import type { PayloadClass } from './topic.js';
import { TOPICS } from './topics.js';
import { describeFaults } from './validation.js';

/*
 * The compiled check and class-validator must judge alike. Every property of every full example is taken away and
 * replaced by each of the values below, at every depth, and both are asked.
 */
const VALUES: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['true', true],
  ['0', 0],
  ['1', 1],
  ['-1', -1],
  ['1.5', 1.5],
  ['a large number', 1e21],
  ['an empty text', ''],
  ['a text', 'text'],
  ['a text of digits', '1'],
  ['35 characters', 'x'.repeat(35)],
  ['36 characters', 'x'.repeat(36)],
  ['200 emoji of two code units', '😀'.repeat(200)],
  ['201 emoji', '😀'.repeat(201)],
  ['500 characters', 'x'.repeat(500)],
  ['501 characters', 'x'.repeat(501)],
  ['998 characters', 'x'.repeat(998)],
  ['999 characters', 'x'.repeat(999)],
  ['2100 characters', 'x'.repeat(2100)],
  ['2101 characters', 'x'.repeat(2101)],
  ['a UUID of version 4', '6f1c2f0e-8a3b-4c5d-9e7f-0123456789ab'],
  ['a UUID in capitals', '0197A0B1-5C3E-7A10-8B00-00000000006C'],
  ['the nil UUID', '00000000-0000-0000-0000-000000000000'],
  ['the max UUID', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['a UUID of no variant', '0197a0b1-5c3e-7a10-0b00-00000000006c'],
  ['a UUID of version 9', '0197a0b1-5c3e-9a10-8b00-00000000006c'],
  ['a UUID as URN', 'urn:uuid:0197a0b1-5c3e-7a10-8b00-00000000006c'],
  ['a UUID and a line end', '0197a0b1-5c3e-7a10-8b00-00000000006c\n'],
  ['an instant', '2026-06-01T08:00:00Z'],
  ['an instant with offset', '2026-06-01T08:00:00.123456+08:00'],
  ['a leap day', '2028-02-29T00:00:00Z'],
  ['a day that does not exist', '2026-02-29T00:00:00Z'],
  ['a local time', '2026-06-01T08:00:00'],
  ['a leap second', '2026-06-30T23:59:60Z'],
  ['a week', '2026-W23'],
  ['a choice', 'email'],
  ['another choice', 'settled'],
  ['64 hexadecimal digits', 'a'.repeat(64)],
  ['64 capitals', 'A'.repeat(64)],
  ['bytes in base64', 'YWI='],
  ['bytes in base64 without their padding', 'YWI'],
  ['an empty object', {}],
  ['an object of texts', { a: 'b' }],
  ['an object of numbers', { a: 1 }],
  ['an empty list', []],
  ['a list of texts', ['a']],
  ['a list of numbers', [1]],
  ['a list with null', [null]],
  ['a list of objects', [{}]],
  ['a list in a list', [['a']]],
  ['11 texts', Array(11).fill('a')],
  ['51 texts', Array(51).fill('a')],
  ['101 texts', Array(101).fill('a')],
];

/**
 * Where class-validator looks through a list: a list of sound objects passes for one nested object, and an empty list
 * in a list for an object. The compiled check refuses both, as it should.
 */
const LISTS_FOR_OBJECTS = new Set(['an empty list', 'a list in a list']);

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return entries.flatMap(([name, one]) => [[...path, name], ...pathsOf(one, [...path, name])]);
}

function changed(
  value: unknown,
  [name, ...rest]: Path,
  change: (parent: object, name: string | number) => void,
): unknown {
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const parent = copy as Record<string | number, unknown>;
  if (name === undefined) return copy;
  if (rest.length === 0) change(parent, name);
  else parent[name] = changed(parent[name], rest, change);
  return copy;
}

function byClassValidator(payload: PayloadClass, value: unknown): string | null {
  const faults = validateSync(plainToInstance(payload, value) as object, { forbidUnknownValues: true });
  return faults.length > 0 ? describeFaults(faults) : null;
}

const subjects: readonly (readonly [string, PayloadClass, JsonSchema, unknown])[] = [
  ['the envelope', EnvelopeDto, envelopeSchema(), fullExample('routing.work', 'ticket.ready')],
  ...TOPICS.flatMap((topic) =>
    Object.entries(topic.types).flatMap(([type, versions]) =>
      versions.map((payload, position): readonly [string, PayloadClass, JsonSchema, unknown] => [
        `${topic.name} ${type}`,
        payload,
        payloadSchema(topic, type, position + 1)!,
        (fullExample(topic.name, type, position + 1) as { payload: unknown }).payload,
      ]),
    ),
  ),
];

function fullExample(topic: string, type: string, version = 1): unknown {
  const file = new URL(`../examples/${topic}/${type}.v${version}.full.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe.each(subjects)(
  'class-validator and the compiled check judge %s alike',
  (_, payload, schema, full) => {
    const check = compileCheck(schema);
    const judge = (value: unknown): { compiled: boolean; validator: boolean } => ({
      compiled: check(value) === null,
      validator: byClassValidator(payload, value) === null,
    });
    // What stands inside a map or the payload of an envelope has no rules of its own, and is no subject.
    const paths = pathsOf(full).filter(
      (path) => !['payload', 'changes'].includes(String(path[0])) || path.length === 1,
    );

    it('as it is', () => {
      expect(judge(full)).toEqual({ compiled: true, validator: true });
    });

    it.each(paths.map((path) => [path.join('.'), path] as const))(
      'without or with another %s',
      (_name, path) => {
        const remove = (parent: object, name: string | number): void => {
          if (Array.isArray(parent)) parent.splice(Number(name), 1);
          else delete (parent as Record<string, unknown>)[name];
        };
        const cases: [string, unknown][] = [['nothing', changed(full, path, remove)]];
        for (const [name, value] of VALUES) {
          const put = (parent: object, key: string | number): void => {
            (parent as Record<string | number, unknown>)[key] = value;
          };
          cases.push([name, changed(full, path, put)]);
        }
        const disagreements = cases.filter(([name, value]) => {
          const { compiled, validator } = judge(value);
          return compiled !== validator && !(validator && LISTS_FOR_OBJECTS.has(name));
        });
        expect(disagreements.map(([name]) => name)).toEqual([]);
      },
    );
  },
);

describe('Where the two differ on purpose', () => {
  const received = TOPICS.find((topic) => topic.name === 'inbound.messages');
  const full = (fullExample('inbound.messages', 'message.received') as { payload: Record<string, unknown> })
    .payload;
  const judge = (change: Record<string, unknown>): readonly [compiled: boolean, validator: boolean] => {
    const payload = received && payloadClassOf(received, 'message.received', 1);
    const schema = received && payloadSchema(received, 'message.received', 1);
    if (!payload || !schema) throw new Error('no payload');
    const value = { ...full, ...change };
    return [compileCheck(schema)(value) === null, byClassValidator(payload, value) === null];
  };

  it('the compiled check refuses a list of sound objects in place of one object', () => {
    expect(judge({ from: [full['from']] })).toEqual([false, true]);
  });

  it('the compiled check counts a variation selector as a character, as JSON Schema does', () => {
    expect(judge({ subject: '❤️'.repeat(500) })).toEqual([false, true]);
    expect(judge({ subject: '❤️'.repeat(499) })).toEqual([true, true]);
  });
});
