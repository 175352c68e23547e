import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { envelopeSchema, type JsonSchema, payloadSchema } from './json-schema.js';
import { TOPICS } from './topics.js';
import { parseRecord } from './validation.js';

interface Example {
  readonly topic: string;
  readonly file: string;
  readonly type: string;
  readonly version: number;
  readonly name: string;
}

const FOLDER = new URL('../examples/', import.meta.url);
const FILE = /^(?<type>.+)\.v(?<version>\d+)\.(?<name>[a-z-]+)\.json$/;
const examples: readonly Example[] = readdirSync(FOLDER).flatMap((topic) =>
  readdirSync(new URL(`${topic}/`, FOLDER)).map((file) => {
    const { type = '', version = '', name = '' } = FILE.exec(file)?.groups ?? {};
    return { topic, file, type, version: Number(version), name };
  }),
);
const types = TOPICS.flatMap((topic) =>
  Object.entries(topic.types).flatMap(([type, classes]) =>
    classes.map((_, position) => ({ topic, type, version: position + 1 })),
  ),
);

const bytesOf = (example: Example): Buffer =>
  readFileSync(new URL(`${example.topic}/${example.file}`, FOLDER));
const read = (example: Example): Record<string, unknown> =>
  JSON.parse(bytesOf(example).toString('utf8')) as Record<string, unknown>;

function topicOf(name: string): (typeof TOPICS)[number] {
  const topic = TOPICS.find((one) => one.name === name);
  if (!topic) throw new Error(`no topic ${name}`);
  return topic;
}

/** Paths of the properties that a value has, as far as the schema names them: `attachments[].size`. */
function pathsIn(value: unknown, schema: JsonSchema, root: JsonSchema, prefix = ''): Set<string> {
  const resolved = schema.$ref ? (root.$defs?.[schema.$ref.slice('#/$defs/'.length)] ?? {}) : schema;
  if (Array.isArray(value)) {
    return new Set(value.flatMap((one) => [...pathsIn(one, resolved.items ?? {}, root, `${prefix}[]`)]));
  }
  if (typeof value !== 'object' || value === null) return new Set();
  const known = Object.entries(value).filter(([name]) => resolved.properties?.[name]);
  return new Set(
    known.flatMap(([name, one]) => {
      const path = prefix ? `${prefix}.${name}` : name;
      return [path, ...pathsIn(one, resolved.properties?.[name] ?? {}, root, path)];
    }),
  );
}

/** Paths of the properties that a schema declares, of nested classes too; only the required ones when asked. */
function pathsOf(schema: JsonSchema, root: JsonSchema, requiredOnly: boolean, prefix = ''): Set<string> {
  const resolved = schema.$ref ? (root.$defs?.[schema.$ref.slice('#/$defs/'.length)] ?? {}) : schema;
  if (resolved.items) {
    return requiredOnly ? new Set() : pathsOf(resolved.items, root, requiredOnly, `${prefix}[]`);
  }
  return new Set(
    Object.entries(resolved.properties ?? {})
      .filter(([name]) => !requiredOnly || resolved.required?.includes(name))
      .flatMap(([name, property]) => {
        const path = prefix ? `${prefix}.${name}` : name;
        return [path, ...pathsOf(property, root, requiredOnly, path)];
      }),
  );
}

describe('The examples of records on disk', () => {
  it.each(examples)('$topic/$file is a record of its type that parses', (example) => {
    const parsed = parseRecord(topicOf(example.topic), bytesOf(example));
    expect(parsed).toEqual({ ok: true, envelope: read(example) });
    expect(read(example)).toMatchObject({ type: example.type, version: example.version });
  });

  it('have no id twice', () => {
    const ids = examples.map((example) => read(example)['id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  describe.each(types)('of $type v$version', ({ topic, type, version }) => {
    const schema = payloadSchema(topic, type, version) ?? {};
    const named = (name: string): Record<string, unknown> => {
      const example = examples.find(
        (one) =>
          one.topic === topic.name && one.type === type && one.version === version && one.name === name,
      );
      if (!example) throw new Error(`no example ${topic.name}/${type}.v${version}.${name}.json`);
      return read(example);
    };

    it('show every property in the full one', () => {
      const full = named('full');
      expect(pathsIn(full, envelopeSchema(), envelopeSchema())).toEqual(
        pathsOf(envelopeSchema(), envelopeSchema(), false),
      );
      expect(pathsIn(full['payload'], schema, schema)).toEqual(pathsOf(schema, schema, false));
    });

    it('show nothing but required properties in the minimal one', () => {
      const minimal = named('minimal');
      expect(Object.keys(minimal).sort()).toEqual([...(envelopeSchema().required ?? [])].sort());
      expect(pathsIn(minimal['payload'], schema, schema)).toEqual(pathsOf(schema, schema, true));
    });
  });
});
