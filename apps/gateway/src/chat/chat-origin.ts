import type { HostedInbox } from '@tributary/channel-host';
import { ProblemError } from '@tributary/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Seconds that a browser remembers what it may ask (Chromium's most). */
const PREFLIGHT_SECONDS = '7200';

/**
 * Lets the pages of the inbox's sites read our answer, and those of our own address (Fetch standard, CORS protocol).
 * Nothing here rides on cookies. A request without `Origin` comes from no page of another site.
 *
 * @throws ProblemError 403 for another site.
 */
export function allowOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  inbox: HostedInbox,
  publicUrl: string,
): void {
  reply.header('vary', 'origin');
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  const sites = Array.isArray(inbox.settings.origins) ? (inbox.settings.origins as string[]) : [];
  const isOurs = origin === new URL(publicUrl).origin || origin.replace(/^https?:\/\//, '') === host;
  if (!isOurs && !sites.some((site) => isSite(site, origin))) {
    throw new ProblemError(403, 'ORIGIN_NOT_ALLOWED', 'the site is not among those of the inbox');
  }
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' });
}

/** For an app, which is no page of the open web: nobody gets anywhere without the user's token. */
export function allowAnyOrigin({ headers: { origin } }: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'origin');
  if (origin === undefined) return;
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' });
}

/** What follows the question whether a page may ask at all. */
export function allowMethods(reply: FastifyReply): void {
  reply.headers({
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, last-event-id',
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
}

/** @param site an origin; `*.` before its host stands for one or more labels. */
function isSite(site: string, origin: string): boolean {
  const [scheme, host] = site.split('://') as [string, string];
  if (!host.startsWith('*.')) return site === origin;
  return origin.startsWith(`${scheme}://`) && origin.endsWith(host.slice(1)) && !origin.includes('@');
}
