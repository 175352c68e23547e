import { ValidateBy } from 'class-validator';

/** @returns undefined when the text is no list of `origin=origin`. */
function parse(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split('='));
  const isOrigin = (part: string | undefined) => part !== undefined && URL.parse(part)?.origin === part;
  if (!pairs.every((pair) => pair.length === 2 && pair.every(isOrigin))) return undefined;
  return new Map(pairs as [string, string][]);
}

/** From a provider's origin to the one that requests go to instead; none when nothing is configured. */
export function providerOrigins(config: { readonly PROVIDER_ORIGINS?: string }): ReadonlyMap<string, string> {
  return parse(config.PROVIDER_ORIGINS ?? '') ?? new Map();
}

/** A list with blanks between, each `https://the.provider=http://elsewhere:1234`, without paths or slashes at the end. */
export function IsProviderOrigins() {
  return ValidateBy({
    name: 'providerOrigins',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && parse(value) !== undefined,
      defaultMessage: () => 'is a list of origin=origin with blanks between',
    },
  });
}
