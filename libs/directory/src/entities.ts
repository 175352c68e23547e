import type { Channel, Locale, PersonRole } from '@tributary/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'directory', name: 'person' })
export class PersonEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @Column('text')
  name!: string;

  /** Lower case. */
  @Column('text')
  email!: string;

  @Column('text')
  role!: PersonRole;

  @Column('boolean')
  active!: boolean;

  @Column('text')
  locale!: Locale;

  @Column('text', { name: 'time_zone' })
  timeZone!: string;

  @Column('text', { array: true })
  regions!: string[];

  @Column('text', { array: true })
  languages!: string[];

  /** Where callers are connected with them, E.164; null where they take no calls. */
  @Column('text', { nullable: true })
  phone!: string | null;

  /** Their id in the company's WeCom, where notices go; null when they get none. */
  @Column('text', { name: 'wecom_user_id', nullable: true })
  wecomUserId!: string | null;

  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash?: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}

@Entity({ schema: 'directory', name: 'team' })
export class TeamEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @Column('text')
  name!: string;
}

@Entity({ schema: 'directory', name: 'team_member' })
export class TeamMemberEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn('uuid', { name: 'team_id' })
  teamId!: string;

  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;
}

@Entity({ schema: 'directory', name: 'skill' })
export class SkillEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @Column('text')
  name!: string;
}

@Entity({ schema: 'directory', name: 'person_skill' })
export class PersonSkillEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @PrimaryColumn('uuid', { name: 'skill_id' })
  skillId!: string;

  /** 1 (learning) to 5 (expert). */
  @Column('smallint')
  level!: number;
}

@Entity({ schema: 'directory', name: 'inbox' })
export class InboxEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @Column('text')
  channel!: Channel;

  @Column('text')
  name!: string;

  @Column('boolean')
  enabled!: boolean;

  /** Without secrets. */
  @Column('jsonb')
  settings!: Record<string, unknown>;

  /** Sealed JSON of the secret settings. */
  @Column('bytea', { name: 'sealed_secrets', nullable: true })
  sealedSecrets!: Buffer | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}

export const DIRECTORY_ENTITIES = [
  PersonEntity,
  TeamEntity,
  TeamMemberEntity,
  SkillEntity,
  PersonSkillEntity,
  InboxEntity,
];
