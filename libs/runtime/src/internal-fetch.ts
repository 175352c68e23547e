/**
 * Asks another service of this installation, by an address from the configuration: private addresses are the rule
 * here, so it is never for an address that a person or a provider gave.
 *
 * @param timeoutMs for the whole answer; 3,000 by default.
 * @param request GET without headers by default.
 */
export function fetchInternal(
  url: URL,
  timeoutMs = 3000,
  request: Pick<RequestInit, 'method' | 'headers' | 'body'> = {},
): Promise<Response> {
  return fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
}
