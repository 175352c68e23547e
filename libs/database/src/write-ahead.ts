import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Statements of one transaction that do not wait for each other's answers: while PostgreSQL works on one, the next is
 * made ready and sent behind it. They run in the order in which they were sent. After one that failed the others fail
 * as well, and so does the transaction.
 */
export class WriteAhead {
  readonly #sent: Promise<unknown>[] = [];

  /** Resolves when the statement is on its way; whether it succeeds is what `settled` tells. */
  async send(statement: Promise<unknown>): Promise<void> {
    this.#sent.push(statement);
    // Heard here, so that a failure before `settled` is asked for ends no process.
    statement.catch(() => undefined);
    await nextTurn();
  }

  /**
   * Resolves when all have succeeded.
   *
   * @throws the failure of the statement that was sent first, whichever is heard of first: the answers may arrive
   * together, and all others only say that the transaction is aborted (25P02).
   */
  async settled(): Promise<void> {
    for (const end of await Promise.allSettled(this.#sent)) if (end.status === 'rejected') throw end.reason;
  }
}
