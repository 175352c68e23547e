import type { Pool, PoolClient } from 'pg';
import { fairShare } from './fair-share.js';

/** Channel that says: members or leases of a group on a topic changed. */
export const GROUP_CHANNEL = 'log_group';

/** Payload on that channel; `member` is who changed something. */
export interface GroupNotice {
  readonly group: string;
  readonly topic: string;
  readonly member: string;
}

export interface GroupMembershipOptions {
  readonly pool: Pool;
  readonly group: string;
  readonly topic: string;
  /** This member; new for each subscription. */
  readonly member: string;
  readonly partitionIds: readonly number[];
  readonly from: 'earliest' | 'latest';
  /** How long a silent member keeps its partitions, by the database's clock. */
  readonly leaseMs: number;
}

export interface Lease {
  readonly partitionId: number;
  readonly epoch: bigint;
}

export interface ClaimedLease extends Lease {
  /** Next offset to read. */
  readonly position: bigint;
}

export interface Standing {
  readonly claimed: readonly ClaimedLease[];
  /** Ids of held partitions that should be given back. */
  readonly surplus: readonly number[];
  /** Ids of held partitions that somebody else has by now. */
  readonly lost: readonly number[];
}

interface Commit {
  readonly lease: Lease;
  readonly nextOffset: bigint;
}

interface LeaseRow {
  readonly partition_id: number;
  readonly owner: string | null;
  readonly epoch: string;
}

/** One member of a consumer group on one topic, as rows: it renews, claims, gives back, and commits offsets. */
export class GroupMembership {
  readonly #options: GroupMembershipOptions;
  readonly #commits: Commit[] = [];
  #committing: Promise<ReadonlySet<number>> = Promise.resolve(new Set());

  constructor(options: GroupMembershipOptions) {
    this.#options = options;
  }

  /**
   * Renews this member and its leases and claims its fair share of what is free. A lease that ran out while nobody
   * took it is still ours; one that the caller does not hold (lost track of) is claimed anew, with a new epoch.
   */
  async renew(held: readonly Lease[]): Promise<Standing> {
    const { pool, group, topic, member } = this.#options;
    return inTransaction(pool, async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`log ${group} ${topic}`]);
      const members = await this.#members(client);
      const leases = await this.#leases(client);
      const epochs = new Map(held.map((lease) => [lease.partitionId, lease.epoch]));
      const kept = new Set(
        leases
          .filter((row) => row.owner === member && epochs.get(row.partition_id) === BigInt(row.epoch))
          .map((row) => row.partition_id),
      );
      const share = fairShare(
        member,
        members,
        leases.map(({ partition_id: partition, owner }) => ({
          partition,
          owner: owner === member && !kept.has(partition) ? null : owner,
        })),
      );
      await this.#extend(client, [...kept]);
      return {
        claimed: await this.#claim(client, share.claim),
        surplus: share.release,
        lost: held.map((lease) => lease.partitionId).filter((id) => !kept.has(id)),
      };
    });
  }

  /**
   * Moves the group's offset of a partition. Partitions that end their batches together, as those that shared a
   * transaction do, share a statement.
   *
   * @returns false when the lease is no longer ours: nothing was moved.
   */
  async commit(lease: Lease, nextOffset: bigint): Promise<boolean> {
    const commit = { lease, nextOffset };
    if (this.#commits.push(commit) === 1) {
      this.#committing = new Promise(setImmediate).then(() => this.#commitAll(this.#commits.splice(0)));
    }
    return (await this.#committing).has(lease.partitionId);
  }

  /** @returns ids of the partitions whose offset was moved. */
  async #commitAll(commits: readonly Commit[]): Promise<ReadonlySet<number>> {
    const { pool, group, member } = this.#options;
    const { rows } = await pool.query<{ partition_id: number }>({
      name: 'log_commit',
      text: `UPDATE log.lease AS l SET committed = c.next
             FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS c (partition_id, epoch, next)
             WHERE l."group" = $1 AND l.partition_id = c.partition_id AND l.owner = $2 AND l.epoch = c.epoch
             RETURNING l.partition_id`,
      values: [
        group,
        member,
        commits.map(({ lease }) => lease.partitionId),
        commits.map(({ lease }) => lease.epoch),
        commits.map(({ nextOffset }) => nextOffset),
      ],
    });
    return new Set(rows.map((row) => row.partition_id));
  }

  /** Keeps leases without taking part in the group: for a member that drains. */
  async extend(held: readonly Lease[]): Promise<void> {
    await this.#extend(
      this.#options.pool,
      held.map((lease) => lease.partitionId),
    );
  }

  /** Gives leases back and tells the other members. */
  async release(leases: readonly Lease[]): Promise<void> {
    const { pool, group, member } = this.#options;
    await pool.query(
      `UPDATE log.lease AS l SET owner = NULL, lease_until = NULL
       FROM unnest($3::int[], $4::bigint[]) AS r (partition_id, epoch)
       WHERE l."group" = $1 AND l.owner = $2 AND l.partition_id = r.partition_id AND l.epoch = r.epoch`,
      [group, member, leases.map((lease) => lease.partitionId), leases.map((lease) => lease.epoch)],
    );
    await this.announce();
  }

  /** Ends the membership: what this member releases from now on goes to the others. */
  async leave(): Promise<void> {
    const { pool, group, topic, member } = this.#options;
    await pool.query('DELETE FROM log.member WHERE "group" = $1 AND topic = $2 AND id = $3', [
      group,
      topic,
      member,
    ]);
    await this.announce();
  }

  /** Makes the other members look at their share again. */
  async announce(): Promise<void> {
    const { pool, group, topic, member } = this.#options;
    await pool.query('SELECT pg_notify($1, $2)', [
      GROUP_CHANNEL,
      JSON.stringify({ group, topic, member } satisfies GroupNotice),
    ]);
  }

  /** Another member of the same group and topic changed something. */
  concerns(notice: GroupNotice): boolean {
    const { group, topic, member } = this.#options;
    return notice.group === group && notice.topic === topic && notice.member !== member;
  }

  async #members(client: PoolClient): Promise<readonly string[]> {
    const { group, topic, member, leaseMs } = this.#options;
    await client.query(
      `INSERT INTO log.member ("group", topic, id, lease_until)
       VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 ms')
       ON CONFLICT ("group", topic, id) DO UPDATE SET lease_until = excluded.lease_until`,
      [group, topic, member, leaseMs],
    );
    await client.query(
      'DELETE FROM log.member WHERE "group" = $1 AND topic = $2 AND lease_until <= clock_timestamp()',
      [group, topic],
    );
    const { rows } = await client.query<{ id: string }>(
      'SELECT id FROM log.member WHERE "group" = $1 AND topic = $2',
      [group, topic],
    );
    return rows.map((row) => row.id);
  }

  async #leases(client: PoolClient): Promise<readonly LeaseRow[]> {
    const { group, member, partitionIds } = this.#options;
    const read = () =>
      client.query<LeaseRow>(
        `SELECT partition_id, epoch,
           CASE WHEN owner = $3 OR lease_until > clock_timestamp() THEN owner END AS owner
         FROM log.lease WHERE "group" = $1 AND partition_id = ANY ($2) ORDER BY partition_id`,
        [group, partitionIds, member],
      );
    const { rows } = await read();
    if (rows.length === partitionIds.length) return rows;
    await client.query(
      `INSERT INTO log.lease ("group", partition_id) SELECT $1, unnest($2::int[]) ON CONFLICT DO NOTHING`,
      [group, partitionIds],
    );
    return (await read()).rows;
  }

  async #extend(client: Pool | PoolClient, partitionIds: readonly number[]): Promise<void> {
    if (partitionIds.length === 0) return;
    const { group, member, leaseMs } = this.#options;
    await client.query(
      `UPDATE log.lease SET lease_until = clock_timestamp() + $4 * interval '1 ms'
       WHERE "group" = $1 AND partition_id = ANY ($2) AND owner = $3`,
      [group, partitionIds, member, leaseMs],
    );
  }

  async #claim(client: PoolClient, partitionIds: readonly number[]): Promise<readonly ClaimedLease[]> {
    if (partitionIds.length === 0) return [];
    const { group, member, leaseMs, from } = this.#options;
    // An epoch must never be given twice, so this commit waits for the disk.
    await client.query('SET LOCAL synchronous_commit = on');
    const { rows } = await client.query<{ partition_id: number; epoch: string; position: string }>(
      `UPDATE log.lease AS l SET
         owner = $3, epoch = l.epoch + 1, lease_until = clock_timestamp() + $4 * interval '1 ms',
         committed = CASE WHEN $5 = 'latest' THEN coalesce(l.committed, p.next_offset) ELSE l.committed END
       FROM log.partition p
       WHERE l."group" = $1 AND l.partition_id = ANY ($2) AND p.id = l.partition_id
       RETURNING l.partition_id, l.epoch, greatest(coalesce(l.committed, 0), p.start_offset) AS position`,
      [group, partitionIds, member, leaseMs, from],
    );
    return rows.map((row) => ({
      partitionId: row.partition_id,
      epoch: BigInt(row.epoch),
      position: BigInt(row.position),
    }));
  }
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A connection that breaks between two statements says so here; the next statement meets it.
  const broken = () => undefined;
  client.on('error', broken);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.off('error', broken);
    client.release();
    return result;
  } catch (error) {
    // The connection may be in any state: close it rather than give it to the next.
    client.release(true);
    throw error;
  }
}
