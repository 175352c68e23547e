import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';

export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
}

export interface ParseConfigOptions {
  /** A variable that begins so and that the schema does not know is refused: it is a typing error. None by default. */
  readonly ownPrefix?: string;
}

/**
 * Reads a process's whole configuration once: every property of `schema` from the variable of the same name.
 * An empty variable counts as absent. Numbers and booleans are converted by `@Type`.
 *
 * @throws ConfigError that lists each variable and the reason it was refused, never its value.
 */
export function parseConfig<T extends object>(
  schema: new () => T,
  environment: Readonly<Record<string, string | undefined>>,
  { ownPrefix }: ParseConfigOptions = {},
): Readonly<T> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const config = plainToInstance(schema, given, {
    exposeDefaultValues: true,
    excludeExtraneousValues: false,
  });
  const faults = validateSync(config, { forbidUnknownValues: true, validationError: { value: false } });
  const lines = [
    ...faults.map(({ property, constraints = {} }) =>
      property in given ? `${property}: ${reasons(property, constraints)}` : `${property}: is missing`,
    ),
    ...unknownVariables(schema, given, ownPrefix).map((name) => `${name}: is unknown here`),
  ];
  if (lines.length > 0) {
    throw new ConfigError(`configuration refused:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
  return Object.freeze(config);
}

/** The rules' own texts begin with the name. */
function reasons(property: string, constraints: Readonly<Record<string, string>>): string {
  const texts = Object.values(constraints).map((text) =>
    text.startsWith(`${property} `) ? text.slice(property.length + 1) : text,
  );
  return texts.join(', ');
}

function unknownVariables(schema: new () => object, given: object, ownPrefix: string | undefined): string[] {
  if (ownPrefix === undefined) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(schema, '', true, false);
  const known = new Set(rules.map(({ propertyName }) => propertyName));
  return Object.keys(given).filter((name) => name.startsWith(ownPrefix) && !known.has(name));
}

/** The one place that reads the environment. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
