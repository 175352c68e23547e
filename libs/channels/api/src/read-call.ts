import { isUtf8 } from 'node:buffer';
import { storableText, type WebhookRequest } from '@tributary/channel-sdk';
import { type ApiCall, type ApiFile, type CallFault, checkApiCall } from '@tributary/contracts';

const FIELD = /^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/;
const MOST_FIELDS = 60;
const LONGEST_FIELD = 2000;

/** A refusal that the caller can act on: it has proved who it is. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly faults?: readonly CallFault[];
}

export type ReadCall =
  { readonly ok: true; readonly id: string; readonly call: ApiCall } | ({ readonly ok: false } & Refusal);

/** What the request says, if it keeps to the rules of the door. The same request, the same result. */
export function readCall(request: WebhookRequest): ReadCall {
  if (request.method !== 'POST' || request.path !== '') {
    return refused(404, 'NO_SUCH_CALL', 'POST to the address of the inbox itself');
  }
  const id = request.headers['webhook-id'] ?? '';
  const key = request.headers['idempotency-key'];
  if (key !== undefined && key !== id) {
    return refused(400, 'KEYS_DIFFER', 'Idempotency-Key may be left out; given, it equals webhook-id');
  }
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? 'application/json')) {
    return refused(415, 'UNSUPPORTED_BODY', 'send application/json');
  }
  const body = parseJson(request.body);
  if (body === undefined) return refused(400, 'BAD_JSON', 'the body is no JSON in UTF-8');
  if (!isObject(body)) return refused(400, 'BAD_BODY', 'the body is one JSON object');
  const checked = checkApiCall(body);
  const faults = checked.ok ? faultsOf(checked.call) : checked.faults;
  if (!checked.ok || faults.length > 0) {
    return { ...refused(400, 'VALIDATION_FAILED', 'some fields were refused'), faults };
  }
  return { ok: true, id, call: checked.call };
}

/** Rules that join fields, which no schema of one field can say. */
function faultsOf(call: ApiCall): CallFault[] {
  switch (call.type) {
    case 'message': {
      const files = call.files ?? [];
      const faults = files.flatMap((file, at) => fileFaults(file, `files.${at}`));
      if (blank(call.customer.id)) faults.push({ field: 'customer.id', rule: 'minLength' });
      if (blank(call.text) && files.length === 0) faults.push({ field: 'text', rule: 'required' });
      return [...faults, ...fieldFaults(call.fields)];
    }
    case 'signal':
      return [
        ...(['source', 'key', 'summary'] as const)
          .filter((field) => blank(call[field]))
          .map((field) => ({ field, rule: 'minLength' })),
        ...fieldFaults(call.fields),
      ];
    case 'receipt':
      return [];
  }
}

/** Limits as those of the web form's fields. */
function fieldFaults(fields: Readonly<Record<string, string>> | null | undefined): CallFault[] {
  const entries = Object.entries(fields ?? {});
  if (entries.length > MOST_FIELDS) return [{ field: 'fields', rule: 'maxProperties' }];
  return [
    ...(entries.every(([name]) => FIELD.test(name)) ? [] : [{ field: 'fields', rule: 'propertyNames' }]),
    ...(entries.every(([, value]) => value.length <= LONGEST_FIELD)
      ? []
      : [{ field: 'fields', rule: 'maxLength' }]),
  ];
}

function fileFaults({ content, url }: ApiFile, path: string): CallFault[] {
  if ((content ?? null) === null && (url ?? null) === null) {
    return [{ field: `${path}.content`, rule: 'required' }];
  }
  if (typeof content === 'string' && typeof url === 'string')
    return [{ field: `${path}.url`, rule: 'oneOf' }];
  if (typeof content === 'string') {
    return isBase64(content) ? [] : [{ field: `${path}.content`, rule: 'base64' }];
  }
  return URL.parse(url!)?.protocol === 'https:' ? [] : [{ field: `${path}.url`, rule: 'https' }];
}

function isBase64(content: string): boolean {
  return content.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(content);
}

function blank(text: string | null | undefined): boolean {
  return (text ?? '').trim() === '';
}

/** Text comes as PostgreSQL can hold it: without NUL and without half characters, both of which JSON can name. */
function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes), (_key, value: unknown) =>
      typeof value === 'string' ? storableText(value) : value,
    );
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(status: number, code: string, detail: string): { readonly ok: false } & Refusal {
  return { ok: false, status, code, detail };
}
