import type { ClaimedLease, Lease } from './group-membership.js';
import type { PartitionRow } from './topic-catalog.js';

/** A partition while this subscription holds its lease. */
export class OwnedPartition {
  readonly row: PartitionRow;
  readonly lease: Lease;
  /** Next offset to read. */
  position: bigint;
  /** There may be records from `position` on: cleared before a fetch, so that a ring during it is not lost. */
  maybeMore = true;
  /** Aborted when the partition goes away, for whatever reason. */
  readonly gone = new AbortController();
  /** What runs on the partition now: hook or batch; one at a time. */
  #work: Promise<void> | undefined;

  constructor(row: PartitionRow, lease: ClaimedLease) {
    this.row = row;
    this.lease = lease;
    this.position = lease.position;
  }

  /** Nothing runs, and it stays ours. */
  get ready(): boolean {
    return this.#work === undefined && !this.gone.signal.aborted;
  }

  /** @param work never rejects. */
  occupy(work: Promise<void>): void {
    this.#work = work.finally(() => (this.#work = undefined));
  }

  /** Resolves when nothing runs. */
  async settled(): Promise<void> {
    await this.#work;
  }
}
