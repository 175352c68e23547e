/**
 * PostgreSQL's classes of faults that pass by themselves: connection (08), rollback by conflict (40), resources (53),
 * operator's intervention (57), lock not available (55P03). Source: its appendix "Error Codes".
 */
const PASSING = /^(08|40|53|57)|^55P03$/;
const BROKEN_CONNECTION =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What `pg` and its pool say without a code. */
const BROKEN_IN_WORDS =
  /Connection terminated|connection timeout|timeout expired|timeout exceeded|Query read timeout|Client has encountered/i;

interface Fault {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
}

/** True when the same work may succeed in a moment: the database is away, busy, or had to choose between two. */
export function isPassingFault(error: unknown): boolean {
  const { code, message } = (error ?? {}) as Fault;
  if (typeof code === 'string' && (PASSING.test(code) || BROKEN_CONNECTION.test(code))) return true;
  return typeof message === 'string' && BROKEN_IN_WORDS.test(message);
}

/** @param constraint of this name; of any when absent. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const fault = (error ?? {}) as Fault;
  return fault.code === '23505' && (constraint === undefined || fault.constraint === constraint);
}

export function isForeignKeyViolation(error: unknown): boolean {
  return (error as Fault | undefined)?.code === '23503';
}
