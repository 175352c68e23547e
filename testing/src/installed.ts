import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What tests need on the machine and `npm test` provides. The list with the places stands in
 * testing/requirements.json, which the set-up reads too; each place can be replaced by its environment variable.
 */
type RequirementName = 'postgres15' | 'chromium' | 'dovecot' | 'postfix' | 'kafka';

interface Requirement {
  readonly name: RequirementName;
  readonly what: string;
  /** Absolute, or relative to the repository's root. */
  readonly path: string;
  readonly variable: string;
}

export class NotInstalledError extends Error {
  readonly code = 'NOT_INSTALLED';
}

const root = new URL('../../', import.meta.url);

/** The folder with initdb, pg_ctl, postgres and psql of PostgreSQL 15. Throws `NotInstalledError` when missing. */
export const postgres15Bin = (): string => installed('postgres15');

/** The browser's executable. Throws `NotInstalledError` when missing. */
export const chromiumPath = (): string => installed('chromium');

/** The `dovecot` executable (IMAP and LMTP). Throws `NotInstalledError` when missing. */
export const dovecotPath = (): string => installed('dovecot');

/** The `postfix` executable. Throws `NotInstalledError` when missing. */
export const postfixPath = (): string => installed('postfix');

/** The folder with Kafka's jars: `java -cp '<folder>/*' kafka.Kafka`. Throws `NotInstalledError` when missing. */
export const kafkaLibrary = (): string => installed('kafka');

function installed(name: RequirementName): string {
  const { what, path, variable } = requirement(name);
  const place = process.env[variable] || fileURLToPath(new URL(path, root));
  if (existsSync(place)) return place;
  throw new NotInstalledError(`${what} is not at ${place}: run \`npm test\` once, or set ${variable}`);
}

function requirement(name: RequirementName): Requirement {
  const list = JSON.parse(readFileSync(new URL('testing/requirements.json', root), 'utf8')) as Requirement[];
  const found = list.find((each) => each.name === name);
  if (!found) throw new Error(`testing/requirements.json has no ${name}`);
  return found;
}
