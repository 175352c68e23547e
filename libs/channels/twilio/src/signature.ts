import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';

/*
 * https://www.twilio.com/docs/usage/security, read 2026-11-24: the base64 HMAC-SHA1, under the account's auth token,
 * of the address as it was called, followed by every parameter's name and value in the order of their names.
 */

/** Parameters as they came, in any order; names may repeat. */
export type FormParameters = Iterable<readonly [string, string]>;

/**
 * True when the account signed this call. All parameters count, also unknown ones: Twilio adds new ones unannounced.
 *
 * @param url the address that Twilio was given, with its query.
 */
export function isSigned(token: string, signature: string, url: string, parameters: FormParameters): boolean {
  const sorted = concatenated(parameters);
  for (const variant of urlVariants(url)) if (isSame(hmac(token, variant + sorted), signature)) return true;
  return false;
}

/** True when the account signed this call with a body that is no form: the address names the hash of the body. */
export function isSignedBody(token: string, signature: string, url: string, body: Uint8Array): boolean {
  const named = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('bodySHA256') ?? '';
  // Twilio hashes a body that is empty as if it were an empty object.
  const hash = createHash('sha256').update(body.byteLength === 0 ? '{}' : body);
  return isSame(hash.digest('hex'), named) && isSigned(token, signature, url, []);
}

function hmac(token: string, text: string): string {
  return createHmac('sha1', token).update(text).digest('base64');
}

/** A value that a name has twice counts once; several values of a name stand in their order. */
function concatenated(parameters: FormParameters): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of parameters) {
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values.keys()]
    .sort()
    .flatMap((name) => [...values.get(name)!].sort().map((value) => name + value))
    .join('');
}

/**
 * Twilio signs the address sometimes with the port that its scheme implies and sometimes without any, and sometimes
 * with the query written anew; its own libraries try all of them. The address as it was called comes first, and is
 * what nearly all are signed with.
 */
function* urlVariants(url: string): Generator<string> {
  yield url;
  const normal = URL.parse(url)?.href ?? url;
  const written = [url, normal, rewrittenQuery(normal)].flatMap((each) => [
    withoutPort(each),
    withPort(each),
  ]);
  for (const each of new Set(written)) if (each !== url) yield each;
}

/** Scheme, user and host, port, rest; the port's colon comes after the bracket of an IPv6 address. */
const PARTS = /^(https?:\/\/)((?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:@]*))(:\d*)?(.*)$/is;

function withoutPort(url: string): string {
  return url.replace(PARTS, '$1$2$4');
}

function withPort(url: string): string {
  return url.replace(PARTS, (_all, scheme: string, host: string, port: string | undefined, rest: string) => {
    const implied = scheme.toLowerCase() === 'https://' ? ':443' : ':80';
    return scheme + host + (port ?? implied) + rest;
  });
}

function rewrittenQuery(url: string): string {
  const [path, query] = url.split(/\?(.*)/s, 2);
  return query ? `${path}?${stringify(parse(query))}` : url;
}

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}
