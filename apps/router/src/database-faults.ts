import { RetryableError } from '@tributary/event-log';

/**
 * Classes of SQLSTATE after which the same transaction may succeed: connection, rollback (serialisation, deadlock),
 * resources, operator intervention, and a lock that was not to be had (PostgreSQL, appendix A).
 */
const TRANSIENT = /^(08|40|53|57|55P03)/;
const DISCONNECTED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** What the runner may try again becomes a RetryableError; everything else stays what it is and ends the process. */
export function retryableFault(error: unknown): unknown {
  if (error instanceof RetryableError) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const transient =
    (typeof code === 'string' && (TRANSIENT.test(code) || DISCONNECTED.has(code))) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(String(message));
  return transient ? new RetryableError('the database did not take the batch', { cause: error }) : error;
}
