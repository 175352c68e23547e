/** The middle one; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** @param rank 0 to 100. */
export function percentile(values: readonly number[], rank: number): number {
  if (values.length === 0) throw new Error('no figures');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)]!;
}

export function perSecond(count: number, milliseconds: number): number {
  return (count * 1000) / milliseconds;
}

/** As people read a rate or a time: no digits that mean nothing. */
export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
