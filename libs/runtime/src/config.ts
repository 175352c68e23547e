import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
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
): Readonly<T> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const config = plainToInstance(schema, given, {
    exposeDefaultValues: true,
    excludeExtraneousValues: false,
  });
  const faults = validateSync(config, { forbidUnknownValues: true, validationError: { value: false } });
  if (faults.length > 0) {
    const lines = faults.map((f) => `  ${f.property}: ${Object.values(f.constraints ?? {}).join(', ')}`);
    throw new ConfigError(`configuration refused:\n${lines.join('\n')}`);
  }
  return Object.freeze(config);
}

/** The one place that reads the environment. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
