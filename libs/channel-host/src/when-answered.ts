import { isPassingFault } from '@tributary/database';
import { RetryableError } from '@tributary/event-log';

/**
 * What the database does not answer for a moment is asked again with the whole record.
 *
 * @throws RetryableError for a fault that passes.
 */
export async function whenAnswered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isPassingFault(error)) throw error;
    throw new RetryableError('the database is busy or away', { cause: error });
  }
}
