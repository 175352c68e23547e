import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  fetchInternal,
  type Logger,
  PROBLEM_CONTENT_TYPE,
  ProblemError,
  problemDocument,
} from '@tributary/runtime';
import { describeApi, mergeApis, type OpenApiDocument } from './open-api.js';

const PATH = '/api/openapi.json';

/**
 * Answers `GET /api/openapi.json`.
 *
 * @param upstreams services whose API is shown here too, by their addresses; asked at each request, so that the
 * document is theirs of this moment.
 */
export function serveOpenApi(
  app: NestFastifyApplication,
  upstreams: readonly string[],
  logger: Logger,
): void {
  let own: OpenApiDocument | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get(PATH, async (_request, reply) => {
      own ??= describeApi(app);
      try {
        return await reply.send(mergeApis(own, await Promise.all(upstreams.map(fetchDocument))));
      } catch (error) {
        logger.warn({ err: error }, 'upstream_document_unavailable');
        const problem = new ProblemError(503, 'SERVICE_AWAY', 'a service did not tell its API');
        return reply
          .status(503)
          .headers({ 'retry-after': '1', 'content-type': PROBLEM_CONTENT_TYPE })
          .send(problemDocument(problem));
      }
    });
}

async function fetchDocument(upstream: string): Promise<OpenApiDocument> {
  const response = await fetchInternal(new URL(PATH, upstream));
  if (response.status !== 200) throw new Error(`${PATH} of a service answered ${response.status}`);
  return (await response.json()) as OpenApiDocument;
}
