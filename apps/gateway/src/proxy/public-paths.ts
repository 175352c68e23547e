import type { Upstream } from '../gateway.config.js';

/**
 * Which service answers which paths of the API at the public door, in Fastify's notation; the more particular path
 * wins. What is not listed is the gateway's own. The spec of the installation compares it with the controllers.
 */
export const PUBLIC_PATHS: Readonly<Record<Upstream, readonly string[]>> = {
  tickets: [
    '/api/tickets',
    '/api/tickets/*',
    '/api/messages/*',
    '/api/uploads',
    '/api/attachments/*',
    '/api/stream',
  ],
  router: [
    '/api/tickets/:id/decisions',
    '/api/queues',
    '/api/queues/*',
    '/api/routing/*',
    '/api/presence',
    '/api/agents/*',
  ],
};
