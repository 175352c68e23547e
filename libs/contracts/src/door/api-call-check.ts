import { schemaOf } from '../json-schema.js';
import { type Check, compileCheck } from '../record-check.js';
import { API_CALLS, type ApiCall } from './api-calls.js';

/** A field that a call got wrong; `rule` is a JSON Schema keyword. Never a value: it may be a customer's. */
export interface CallFault {
  readonly field: string;
  readonly rule: string;
}

export type CheckedCall =
  | { readonly ok: true; readonly call: ApiCall }
  | { readonly ok: false; readonly faults: readonly CallFault[] };

const checks = new Map<string, Check>();

/** Checks an object against the rules of its `type`. Never throws. */
export function checkApiCall(value: Readonly<Record<string, unknown>>): CheckedCall {
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(API_CALLS, type)) {
    return { ok: false, faults: [{ field: 'type', rule: 'enum' }] };
  }
  const faults = checkOf(type as ApiCall['type'])(value);
  if (faults === null) return { ok: true, call: value as unknown as ApiCall };
  return {
    ok: false,
    faults: faults.split('; ').map((fault) => {
      const [field = '', rule = ''] = fault.split(': ');
      return { field, rule };
    }),
  };
}

function checkOf(type: ApiCall['type']): Check {
  const known =
    checks.get(type) ?? compileCheck(schemaOf(API_CALLS[type], `urn:tributary:contracts:door:api:${type}`));
  checks.set(type, known);
  return known;
}
