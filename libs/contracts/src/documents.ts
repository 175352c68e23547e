import { envelopeSchema, type JsonSchema, payloadSchema } from './json-schema.js';
import type { Topic } from './topic.js';
import { TOPICS } from './topics.js';

/**
 * Every file that is made from the contracts, by its path from the root of the repository. `npm run generate` writes
 * them; a spec compares them with what is committed.
 */
export function generatedDocuments(): ReadonlyMap<string, string> {
  const documents = new Map([['libs/contracts/generated/envelope.schema.json', toJson(envelopeSchema())]]);
  for (const topic of TOPICS) {
    for (const { type, version, schema } of payloadsOf(topic)) {
      documents.set(`libs/contracts/generated/${schemaFile(topic, type, version)}`, toJson(schema));
    }
  }
  documents.set('docs/reference/topics.md', topicsPage());
  return documents;
}

function payloadsOf(topic: Topic): { type: string; version: number; schema: JsonSchema }[] {
  return Object.entries(topic.types).flatMap(([type, classes]) =>
    classes.map((_, position) => {
      const schema = payloadSchema(topic, type, position + 1);
      if (!schema) throw new TypeError(`${topic.name} ${type}: no schema of version ${position + 1}`);
      return { type, version: position + 1, schema };
    }),
  );
}

function schemaFile(topic: Topic, type: string, version: number): string {
  return `${topic.name}/${type}.v${version}.schema.json`;
}

function toJson(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function topicsPage(): string {
  return [
    '# Topics',
    '',
    '_Generated from `libs/contracts/src/topics` by `npm run -w @tributary/contracts generate`._',
    '',
    'In the order data flows. Every record is an [envelope](../../libs/contracts/generated/envelope.schema.json) in JSON around the payload of its type. Records with one key keep their order. A property that a reader does not know is tolerated; one of a wrong type sends the record to quarantine.',
    '',
    ...tableOf(
      ['topic', 'key', 'producers', 'consumers', 'partitions', 'kept'],
      TOPICS.map((topic) => [
        `[${topic.name}](#${topic.name.replaceAll('.', '')})`,
        topic.key,
        listOf(topic.producers),
        listOf(topic.consumers),
        String(topic.partitions),
        `${topic.retentionDays} days`,
      ]),
    ),
    ...TOPICS.flatMap(sectionOf),
    '',
  ].join('\n');
}

/** Types that share a payload stand together: the events of a ticket are nine names for one shape. */
function sectionOf(topic: Topic): string[] {
  const groups = new Map<string, { types: string[]; schema: JsonSchema }>();
  for (const { type, version, schema } of payloadsOf(topic)) {
    const { $id: _, ...shape } = schema;
    const key = JSON.stringify(shape);
    const group = groups.get(key) ?? { types: [], schema };
    group.types.push(
      `[\`${type}\` v${version}](../../libs/contracts/generated/${schemaFile(topic, type, version)})`,
    );
    groups.set(key, group);
  }
  const lines = ['', `## ${topic.name}`, '', topic.description];
  for (const { types, schema } of groups.values()) {
    lines.push('', types.join(', '), '', ...tableOf(['field', 'type', 'rules'], fieldsOf(schema, schema)));
  }
  return lines;
}

function fieldsOf(root: JsonSchema, schema: JsonSchema, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, declared]) => {
    const condition = schema.allOf?.find((one) => one.then.properties?.[name]);
    const field = condition?.then.properties?.[name] ?? declared;
    const presence = condition
      ? conditionText(condition.if)
      : schema.required?.includes(name)
        ? ''
        : 'optional';
    const path = `${prefix}${name}`;
    const item = field.items && resolve(root, field.items);
    const nested = resolve(root, item ?? field);
    const rules = [presence, rulesOf(field)].filter((rule) => rule !== '').join(', ');
    return [
      [`\`${path}\``, item ? `list of ${typeOf(item)}` : typeOf(nested), rules],
      ...fieldsOf(root, nested, item ? `${path}[].` : `${path}.`),
    ];
  });
}

function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  return schema.$ref ? (root.$defs?.[schema.$ref.slice('#/$defs/'.length)] ?? schema) : schema;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (schema.format === 'uuid') return 'UUID';
  if (schema.format === 'date-time') return 'instant';
  if (schema.format === 'byte') return 'bytes in base64';
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  return [schema.type ?? 'any']
    .flat()
    .filter((type) => type !== 'null')
    .join(' or ');
}

function conditionText(condition: JsonSchema): string {
  return Object.entries(condition.properties ?? {})
    .map(([field, { const: value }]) => `required when \`${field}\` is \`${String(value)}\``)
    .join(' and ');
}

function rulesOf(schema: JsonSchema): string {
  const rules = [
    ['minimum', 'at least'],
    ['minLength', 'at least characters'],
    ['maxLength', 'at most characters'],
    ['maxItems', 'at most entries'],
  ] as const;
  const texts = rules.flatMap(([keyword, text]) => {
    const limit = schema[keyword];
    return typeof limit === 'number' ? [text.replace(/^(at \w+)/, `$1 ${limit}`)] : [];
  });
  const pattern = schema.format === 'uuid' ? undefined : schema['pattern'];
  return [...texts, ...(typeof pattern === 'string' ? [`\`${pattern}\``] : [])].join(', ');
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function listOf(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : '-';
}
