import type { WebhookRequest } from '@tributary/channel-sdk';

/** What Twilio said, by name; of a name that it gave twice the first. Text that can be stored. */
export type Parameters = ReadonlyMap<string, string>;

/** True for Twilio's usual `application/x-www-form-urlencoded`, also when it asks with GET. */
export function isForm({ headers }: WebhookRequest): boolean {
  return !/^application\/json\b/i.test(headers['content-type'] ?? '');
}

/** The pairs as they came: what is signed. */
export function formOf({ body }: WebhookRequest): URLSearchParams {
  return new URLSearchParams(new TextDecoder().decode(body));
}

/** What the call says; that of a GET stands in the address. */
export function parametersOf(request: WebhookRequest): Parameters {
  const pairs = request.method === 'GET' ? Object.entries(request.query) : [...formOf(request)];
  return new Map(pairs.reverse().map(([name, value]) => [name, storable(value)]));
}

/** The beginning, never ending in half a character. */
export function cut(text: string, units: number): string {
  const beginning = text.slice(0, units);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}

/** No database text holds a NUL, and half a character is no UTF-8: both are replaced. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
