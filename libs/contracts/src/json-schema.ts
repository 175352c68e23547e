import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, IS_INT, IS_OPTIONAL, IS_UUID, ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { EnvelopeDto } from './envelope.js';
import { type Condition, IS_BASE64, IS_INSTANT, IS_TEXT_MAP } from './payload-rules.js';
import type { PayloadClass, Topic } from './topic.js';

/** A JSON Schema of draft 2020-12, with the keywords that this package reads by name. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly additionalProperties?: JsonSchema;
  readonly allOf?: readonly { readonly if: JsonSchema; readonly then: JsonSchema }[];
  readonly [keyword: string]: unknown;
}

/** What class-validator's `IsUUID()` takes: RFC 9562, any version, in either case. */
const UUID =
  '^(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}' +
  '|00000000-0000-0000-0000-000000000000|[fF]{8}-[fF]{4}-[fF]{4}-[fF]{4}-[fF]{12})$';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** The schema of what every record carries around its payload. */
export function envelopeSchema(): JsonSchema {
  return schemaOf(EnvelopeDto, 'urn:tributary:contracts:envelope');
}

/** The schema of one payload; null when the topic has no such type or version. */
export function payloadSchema(topic: Topic, type: string, version: number): JsonSchema | null {
  const payload = payloadClassOf(topic, type, version);
  return payload && schemaOf(payload, `urn:tributary:contracts:${topic.name}:${type}:v${version}`);
}

/** The class of one payload; null when the topic has no such type or version. */
export function payloadClassOf(topic: Topic, type: string, version: number): PayloadClass | null {
  // `types` is asked with names from outside: `constructor` must not find what every object has.
  return Object.hasOwn(topic.types, type) ? (topic.types[type]?.[version - 1] ?? null) : null;
}

/**
 * The schema that says what class-validator would check on instances of the class. As there, properties without a
 * rule are tolerated, so that a consumer can read what a newer producer writes, and an optional property may be null.
 */
export function schemaOf(root: PayloadClass, id: string): JsonSchema {
  const nested = new Map<string, PayloadClass>();
  const refer: Refer = (target) => {
    if ((nested.get(target.name) ?? target) !== target) {
      throw new TypeError(`${root.name}: two nested classes have the name ${target.name}`);
    }
    nested.set(target.name, target);
    return { $ref: `#/$defs/${target.name}` };
  };
  const own = convertClass(root, refer);
  const $defs: Record<string, JsonSchema> = {};
  // A class that is met while another is converted joins the end of the map, and of this loop.
  for (const [name, target] of nested) $defs[name] = convertClass(target, refer);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    ...own,
    ...(nested.size > 0 && { $defs }),
  };
}

type Refer = (nested: PayloadClass) => { readonly $ref: string };

function convertClass(target: PayloadClass, refer: Refer): JsonSchema {
  const schema = targetConstructorToSchema(target, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    additionalConverters: {
      // Being defined is said by `required` and by the type.
      [ValidationTypes.IS_DEFINED]: {},
      [IS_UUID]: { type: 'string', format: 'uuid', pattern: UUID },
      [IS_INSTANT]: { type: 'string', format: 'date-time' },
      // The name that OpenAPI's registry of formats has for it.
      [IS_BASE64]: { type: 'string', format: 'byte' },
      [IS_TEXT_MAP]: { type: 'object', additionalProperties: { type: 'string' } },
      [ValidationTypes.NESTED_VALIDATION]: (meta) => refer(nestedClassOf(meta)),
    },
  }) as JsonSchema;
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false);
  const properties: Record<string, JsonSchema> = {};
  const allOf: { if: JsonSchema; then: JsonSchema }[] = [];
  for (const [name, converted] of Object.entries(schema.properties ?? {})) {
    const ofProperty = rules.filter((rule) => rule.propertyName === name);
    // `Min` says "number" and `IsInt` says "integer": which of them stays depends on the order they stand in.
    const isInt = ofProperty.some((rule) => rule.name === IS_INT && !rule.each);
    const property = isInt ? { ...converted, type: 'integer' } : converted;
    const condition = conditionOf(ofProperty);
    if (condition === 'optional') properties[name] = orNull(property);
    else if (condition === null) properties[name] = property;
    else {
      properties[name] = {};
      allOf.push({
        if: { properties: { [condition.field]: { const: condition.value } }, required: [condition.field] },
        then: { properties: { [name]: property }, required: [name] },
      });
    }
  }
  return {
    title: target.name,
    type: 'object',
    properties,
    required: schema.required ?? [],
    ...(allOf.length > 0 && { allOf }),
  };
}

function nestedClassOf(meta: Pick<Metadata, 'target' | 'propertyName'>): PayloadClass {
  const target = meta.target as PayloadClass;
  const type = defaultMetadataStorage.findTypeMetadata(target, meta.propertyName);
  const nested =
    type?.typeFunction() ?? Reflect.getMetadata('design:type', target.prototype as object, meta.propertyName);
  if (typeof nested !== 'function' || nested === Object || nested === Array) {
    throw new TypeError(`${target.name}.${meta.propertyName}: a nested class needs @Type`);
  }
  return nested as PayloadClass;
}

function conditionOf(rules: readonly Metadata[]): Condition | 'optional' | null {
  const conditional = rules.find((rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION);
  if (!conditional) return null;
  if (conditional.name === IS_OPTIONAL) return 'optional';
  const condition = conditional.context as Condition | undefined;
  if (condition) return condition;
  const property = `${(conditional.target as PayloadClass).name}.${conditional.propertyName}`;
  throw new TypeError(`${property}: use @CheckedWhen, a schema cannot be made from @ValidateIf`);
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(schema.enum && { enum: [...schema.enum, null] }),
  };
}
