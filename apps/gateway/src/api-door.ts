import { API_CALLS } from '@tributary/contracts';
import { OpenApiPart } from '@tributary/service';

const JSON_TYPE = 'application/json';

const call = {
  operationId: 'Hooks.call',
  tags: ['Hooks'],
  summary: 'A call of a company’s own system to an inbox of channel `api`',
  description:
    'Signed by Standard Webhooks with the secret of the inbox: `v1,` and the base64 HMAC-SHA256 of ' +
    '`<webhook-id>.<webhook-timestamp>.<body>`; good for five minutes. The webhook-id is the idempotency key: the ' +
    'same body again gets the same answer, another one 409 `KEY_REUSED`. Whatever is not signed is answered 403 ' +
    '`REFUSED`, whether there is such an inbox or not. Replies of agents are posted to the callback address of the ' +
    'inbox, signed alike.',
  security: [],
  parameters: [
    parameter('inboxId', 'path', { type: 'string', format: 'uuid' }),
    parameter('webhook-id', 'header', { type: 'string', pattern: '^[\\w-]{1,200}$' }),
    parameter('webhook-timestamp', 'header', { type: 'string', pattern: '^\\d{1,12}$' }),
    parameter('webhook-signature', 'header', { type: 'string' }),
  ],
  requestBody: {
    required: true,
    content: {
      [JSON_TYPE]: {
        schema: {
          oneOf: Object.values(API_CALLS).map(reference),
          discriminator: {
            propertyName: 'type',
            mapping: Object.fromEntries(
              Object.entries(API_CALLS).map(([type, model]) => [type, reference(model).$ref]),
            ),
          },
        },
      },
    },
  },
  responses: {
    202: {
      description: 'Accepted: it is durable',
      content: {
        [JSON_TYPE]: {
          schema: {
            type: 'object',
            required: ['id'],
            properties: {
              id: { type: 'string', description: 'the webhook-id' },
              conversation: { type: 'string', description: 'of a message: the name of its conversation' },
            },
          },
        },
      },
    },
  },
};

/** The door of channel `api`, which stands beside Nest's routes: nothing reads a body before its signature. */
export const API_DOOR = new OpenApiPart({ '/hooks/{inboxId}': { post: call } }, Object.values(API_CALLS));

function parameter(name: string, place: 'path' | 'header', schema: object) {
  return { name, in: place, required: true, schema };
}

function reference({ name }: { readonly name: string }) {
  return { $ref: `#/components/schemas/${name}` };
}
