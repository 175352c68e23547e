import type { Problem } from '@tributary/contracts';

/**
 * A request that was refused or never arrived. `code` is the API's stable code, or `NETWORK` when no answer came:
 * then nothing is known about what the server did, and a repeat must carry the same idempotency key.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem?.detail ?? problem?.title ?? code);
  }

  /** What the server said against each field, by field name. */
  get fieldErrors(): Readonly<Record<string, string>> {
    return Object.fromEntries((this.problem?.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Lets the request outlive the page; the body is limited to 64 KB by the browser. */
  readonly keepalive?: boolean;
}

type SignedOutListener = () => void;
const signedOutListeners = new Set<SignedOutListener>();

/** Calls back whenever the API answers that nobody is signed in; returns the way to stop. */
export function onSignedOut(listener: SignedOutListener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** One JSON request to the API on our own origin. Fails with `ApiError` only. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const { body, headers, signal, keepalive } = options;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      keepalive: keepalive ?? false,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('NETWORK', 0, null);
  }
  if (!answer.ok) throw await refusal(answer);
  if (answer.status === 204) return undefined as T;
  return readJson<T>(answer);
}

async function readJson<T>(answer: Response): Promise<T> {
  try {
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch {
    throw new ApiError('UNREADABLE_ANSWER', answer.status, null);
  }
}

async function refusal(answer: Response): Promise<ApiError> {
  const problem = await answer.json().then(
    (value: unknown) => (isProblem(value) ? value : null),
    () => null,
  );
  if (answer.status === 401) for (const listener of signedOutListeners) listener();
  return new ApiError(problem?.code ?? `HTTP_${answer.status}`, answer.status, problem);
}

/** Reads the refusal of an upload, whose request is not made by `fetch`. */
export function refusalOf(status: number, text: string): ApiError {
  try {
    const value: unknown = JSON.parse(text);
    if (isProblem(value)) return new ApiError(value.code, status, value);
  } catch {
    // A proxy's own page: the status says all there is.
  }
  return new ApiError(status === 0 ? 'NETWORK' : `HTTP_${status}`, status, null);
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value;
}
