import { RetryableError } from '@tributary/event-log';

/**
 * PostgreSQL's classes of faults that pass: connection (08), rollback by conflict (40), resources (53), operator's
 * intervention (57), lock not available (55P03). Source: its appendix "Error Codes".
 */
const TRANSIENT = /^(08|40|53|57)|^55P03$/;
const BROKEN_CONNECTION = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** Runs a transaction's work; a fault that passes becomes a RetryableError, so that the batch is tried again. */
export async function transientAsRetryable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTransient(error)) throw new RetryableError('the database is busy or away', { cause: error });
    throw error;
  }
}

function isTransient(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (typeof code === 'string' && (TRANSIENT.test(code) || BROKEN_CONNECTION.test(code))) return true;
  return /Connection terminated|connection timeout|Client has encountered/i.test(message ?? '');
}
