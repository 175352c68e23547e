import { STATUS_CODES } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { SESSION_COOKIE } from '@tributary/directory';
import { describeDtos } from './dto-schemas.js';
import { OpenApiPart } from './open-api-part.js';

export type OpenApiDocument = OpenAPIObject;

/** What the world may call; the rest is for the cluster and for the console's own pages. */
const PUBLIC = /^\/(?:api|chat|f)\//;

/** RFC 9457, as `Problem` of the contracts has it. */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', enum: ['about:blank'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'stable, upper-snake; the texts may change' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      description: 'the fields that were refused',
      items: {
        type: 'object',
        required: ['field', 'rule', 'message'],
        properties: { field: { type: 'string' }, rule: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const PROBLEM_ANSWER = {
  description: 'Refused or failed: problem details',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The API of the application's controllers, made from their decorators and their DTOs' rules (OpenAPI 3.1). */
export function describeApi(app: INestApplication): OpenApiDocument {
  describeDtos();
  const header = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tributary')
    .setDescription(
      'The API of the service desk. Errors are problem details (RFC 9457) with a stable `code`.',
    )
    .setVersion('1')
    .addCookieAuth(SESSION_COOKIE, { type: 'apiKey', in: 'cookie' }, 'session')
    .addSecurityRequirements('session')
    .build();
  const parts = partsOf(app);
  const document = SwaggerModule.createDocument(app, header, {
    extraModels: parts.flatMap(({ models }) => models),
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  const ofControllers = Object.entries(document.paths).filter(([path]) => PUBLIC.test(path));
  const paths = [...ofControllers, ...parts.flatMap((part) => Object.entries(part.paths))];
  return sorted({
    ...document,
    paths: Object.fromEntries(paths.map(([path, item]) => [path, withProblems(item)])),
    components: { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } },
  });
}

/** What modules tell of routes that are none of Nest's. */
function partsOf(app: INestApplication): OpenApiPart[] {
  return [...app.get(ModulesContainer).values()].flatMap(
    ({ providers }) => (providers.get(OpenApiPart)?.instance as OpenApiPart | undefined) ?? [],
  );
}

/** One document of several services' documents. What two of them have is taken from the first. */
export function mergeApis(first: OpenApiDocument, others: readonly OpenApiDocument[]): OpenApiDocument {
  const all = [first, ...others].toReversed();
  type Schemas = NonNullable<OpenApiDocument['components']>['schemas'];
  return sorted({
    ...first,
    paths: Object.assign({}, ...all.map(({ paths }) => paths)) as OpenApiDocument['paths'],
    components: {
      ...first.components,
      schemas: Object.assign({}, ...all.map(({ components }) => components?.schemas)) as Schemas,
    },
  });
}

type PathItem = OpenApiDocument['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

function withProblems(item: PathItem): PathItem {
  const answered = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (!operation) continue;
    answered[method] = {
      ...operation,
      responses: { ...described(operation.responses), default: PROBLEM_ANSWER },
    };
  }
  return answered;
}

/** OpenAPI wants a word on each; the scanner leaves them empty. */
function described(responses: Operation['responses']): Operation['responses'] {
  const described = Object.entries(responses).map(([status, answer]) => {
    const isEmpty = answer !== undefined && 'description' in answer && answer.description === '';
    return [status, isEmpty ? { ...answer, description: STATUS_CODES[status] ?? 'Done' } : answer];
  });
  return Object.fromEntries(described) as Operation['responses'];
}

/** The same document whichever service was asked first. */
function sorted(document: OpenApiDocument): OpenApiDocument {
  return {
    ...document,
    paths: byName(document.paths),
    components: { ...document.components, schemas: byName(document.components?.schemas ?? {}) },
  };
}

function byName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
