import type { RoutingRule } from '@tributary/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of a workspace's policy; versions are never changed, only followed. */
@Entity({ schema: 'routing', name: 'policy' })
export class PolicyEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn('integer')
  version!: number;

  @Column('jsonb')
  rules!: readonly RoutingRule[];

  @Column('uuid', { name: 'default_queue_id' })
  defaultQueueId!: string;

  @Column('jsonb')
  costs!: Readonly<Record<string, number>>;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** A person's id, or `system`. */
  @Column('text', { name: 'updated_by' })
  updatedBy!: string;
}
