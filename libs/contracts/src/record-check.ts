import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema } from './json-schema.js';
import { isBase64, isInstant } from './payload-rules.js';

/** Null when the value agrees with the schema, otherwise the paths and rules that were broken, never the values. */
export type Check = (value: unknown) => string | null;

/** A record can break a rule in every one of its entries; the first few tell enough. */
const MOST_FAULTS = 20;

// `uuid` is checked by the schema's own pattern: the format as ajv knows it takes more than class-validator does.
// A schema may be compiled again (for another topic object of the same name), so none is kept by its `$id`.
const ajv = new Ajv2020({
  addUsedSchema: false,
  allErrors: true,
  allowUnionTypes: true,
  formats: { byte: isBase64, 'date-time': isInstant, uuid: true },
});

/** Compiles a schema to code; costs some milliseconds, so that callers keep the check. */
export function compileCheck(schema: JsonSchema): Check {
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? null : describe(schema, validate.errors ?? []));
}

function describe(schema: JsonSchema, errors: readonly ErrorObject[]): string {
  // The `if` that led to a broken `then` is reported as well and says nothing more.
  const faults = errors.filter((error) => error.keyword !== 'if');
  const texts = new Set(faults.map((error) => `${pathOf(schema, error)}: ${error.keyword}`));
  const shown = [...texts].slice(0, MOST_FAULTS);
  if (texts.size > shown.length) shown.push(`and ${texts.size - shown.length} more`);
  return shown.join('; ');
}

/** Names that the schema knows; any other name is the sender's own and may be about a customer. */
function pathOf(root: JsonSchema, error: ErrorObject): string {
  let schema: JsonSchema | undefined = root;
  const path: string[] = [];
  for (const segment of error.instancePath.split('/').slice(1)) {
    const resolved: JsonSchema | undefined = resolve(root, schema);
    const property: JsonSchema | undefined = resolved?.properties?.[segment];
    path.push(property || (resolved?.items && /^\d+$/.test(segment)) ? segment : '*');
    schema = property ?? resolved?.items ?? resolved?.additionalProperties;
  }
  if (error.keyword === 'required') path.push((error.params as { missingProperty: string }).missingProperty);
  return path.join('.') || 'record';
}

function resolve(root: JsonSchema, schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.$ref ? root.$defs?.[schema.$ref.slice('#/$defs/'.length)] : schema;
}
