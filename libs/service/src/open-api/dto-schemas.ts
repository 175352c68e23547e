import { ApiProperty } from '@nestjs/swagger';
import { IS_INSTANT, IS_TEXT_MAP } from '@tributary/contracts';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';

type Dto = new (...args: never[]) => object;

interface Schema {
  readonly type?: string;
  readonly items?: Schema;
  readonly nested?: Dto;
  readonly [keyword: string]: unknown;
}

interface StoredRule {
  readonly target: unknown;
}

/**
 * Tells Nest's OpenAPI scanner what class-validator checks, for every class that has rules: what is declared for the
 * check is not declared again for the document. Runs any number of times.
 */
export function describeDtos(): void {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    readonly validationMetadatas: ReadonlyMap<unknown, readonly StoredRule[]>;
  };
  for (const target of validationMetadatas.keys()) if (typeof target === 'function') describe(target as Dto);
}

function describe(target: Dto): void {
  const schema = targetConstructorToSchema(target, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    additionalConverters: {
      // Being defined is said by `required`; a rule of our own has a text and no schema.
      [ValidationTypes.IS_DEFINED]: {},
      [ValidationTypes.CUSTOM_VALIDATION]: {},
      [IS_INSTANT]: { type: 'string', format: 'date-time' },
      [IS_TEXT_MAP]: { type: 'object', additionalProperties: { type: 'string' } },
      // `nested` is ours: the scanner takes the class and makes the reference itself.
      [ValidationTypes.NESTED_VALIDATION]: ({ target: owner, propertyName }) => ({
        nested: nestedClass(owner as Dto, propertyName),
      }),
    },
  }) as { readonly properties?: Readonly<Record<string, Schema>>; readonly required?: readonly string[] };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(name) ?? false;
    ApiProperty({ ...optionsOf(property), required })(target.prototype as object, name);
  }
}

function nestedClass(owner: Dto, property: string): Dto {
  const declared = defaultMetadataStorage.findTypeMetadata(owner, property);
  if (!declared) throw new TypeError(`${owner.name}.${property} is nested and has no @Type`);
  return declared.typeFunction() as Dto;
}

function optionsOf({ nested, ...schema }: Schema): object {
  const itself = nested ?? schema.items?.nested;
  // Without a type the scanner would take that of the property, which for a union is Object.
  if (!itself) return schema.type === undefined ? { ...schema, anyOf: [{}] } : schema;
  const { items: _, type: __, ...limits } = schema;
  return { ...limits, type: () => itself, isArray: nested === undefined };
}
