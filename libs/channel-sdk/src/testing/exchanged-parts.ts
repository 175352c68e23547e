/**
 * The value with one part exchanged for another: what a provider, or a stranger, might send instead.
 *
 * @param at which part, in the order of a walk; beyond the last, the value stays as it is.
 */
export function exchanged(value: unknown, at: number, part: unknown): unknown {
  return exchange(value, { left: at }, part);
}

function exchange(value: unknown, at: { left: number }, part: unknown): unknown {
  if (at.left-- === 0) return part;
  if (Array.isArray(value)) return value.map((each) => exchange(each, at, part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exchange(each, at, part)]));
}
