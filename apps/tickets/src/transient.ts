import { isPassingFault } from '@tributary/database';
import { RetryableError } from '@tributary/event-log';

/** Runs a transaction's work; a fault that passes becomes a RetryableError, so that the batch is tried again. */
export async function transientAsRetryable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isPassingFault(error)) throw new RetryableError('the database is busy or away', { cause: error });
    throw error;
  }
}
