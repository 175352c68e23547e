/**
 * Every error answer of the API: RFC 9457 problem details (`application/problem+json`).
 * `code` is stable and upper-snake; texts may change. `errors` names the fields that were refused.
 */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly rule: string; readonly message: string }[];
}
