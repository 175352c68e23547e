export interface LeaseView {
  readonly partition: number;
  /** Null when nobody holds it or its lease ran out. */
  readonly owner: string | null;
}

export interface Share {
  /** Partitions to take now: nobody holds them. */
  readonly claim: readonly number[];
  /** Partitions held beyond the share: finish, commit, give back. */
  readonly release: readonly number[];
}

/**
 * What a member should take or give back so that all members hold as many partitions as any other, give or take
 * one. Every member computes it from the same rows under one lock, so there is no coordinator to lose. Who holds
 * most keeps the odd ones: a stable group moves nothing.
 *
 * @param members live ones, `me` among them.
 */
export function fairShare(me: string, members: readonly string[], leases: readonly LeaseView[]): Share {
  const held = new Map(members.map((member) => [member, 0]));
  for (const { owner } of leases) if (owner !== null) held.set(owner, (held.get(owner) ?? 0) + 1);
  const ranked = members.toSorted((a, b) => held.get(b)! - held.get(a)! || (a < b ? -1 : 1));
  const odd = leases.length % members.length;
  const quota = Math.floor(leases.length / members.length) + (ranked.indexOf(me) < odd ? 1 : 0);
  const mine = leases.filter((lease) => lease.owner === me).map((lease) => lease.partition);
  const free = leases.filter((lease) => lease.owner === null).map((lease) => lease.partition);
  return {
    claim: free.slice(0, Math.max(0, quota - mine.length)),
    release: mine.slice(quota),
  };
}
