import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';

/** The least that an HTTP server in Node can do with a post: parse its JSON and answer with it. */
const server = Fastify();
server.post('/echo', (request, reply) => reply.send(request.body));
await server.listen({ host: '127.0.0.1', port: 0 });
process.send?.((server.server.address() as AddressInfo).port);
process.once('disconnect', () => process.exit());
