import type { GatewayConfig } from '@tributary/app-gateway';
import { routerMigrations } from '@tributary/app-router';
import { ticketsMigrations } from '@tributary/app-tickets';
import { channelMigrations } from '@tributary/channel-host';
import { channelPolicies } from '@tributary/channel-registry';
import { migrate, type MigrationSet } from '@tributary/database';
import { directoryMigrations, publishChannelPolicies } from '@tributary/directory';
import { logMigrations } from '@tributary/event-log';
import { type DemoContexts, seedDemoWorkspace } from './demo-workspace.js';

type Progress = (line: string) => void;

/** Of every schema, in the order in which they refer to each other. */
export const MIGRATIONS: readonly MigrationSet[] = [
  logMigrations,
  directoryMigrations,
  channelMigrations,
  routerMigrations,
  ticketsMigrations,
];

/** Brings the database up to date; runs any number of times without harm. */
export async function bringUpToDate(databaseUrl: string, progress: Progress): Promise<void> {
  const ran = await migrate(databaseUrl, MIGRATIONS);
  if (ran.length > 0) progress(`database brought up to date (${ran.length} migrations)`);
}

/** Makes the demo workspace when there is none. @returns a one-time link that signs its administrator in. */
export async function demoSignInUrl(
  contexts: DemoContexts,
  config: GatewayConfig,
  progress: Progress,
): Promise<string> {
  const { workspaceId, personId } = await demoPerson(contexts, config, progress);
  const link = await contexts.gateway.sessions.createLink(workspaceId, personId);
  return `${config.TRIBUTARY_PUBLIC_URL}/sign-in?token=${link.token}`;
}

async function demoPerson(
  contexts: DemoContexts,
  config: GatewayConfig,
  progress: Progress,
): Promise<{ readonly workspaceId: string; readonly personId: string }> {
  const found: { workspace_id: string; person_id: string }[] = await contexts.gateway.dataSource.query(
    `SELECT l.workspace_id, l.person_id FROM directory.login l
     JOIN directory.workspace w ON w.id = l.workspace_id WHERE l.email = 'lin.yue@example.com'
     ORDER BY w.created_at LIMIT 1`,
  );
  const first = found[0];
  if (first) return { workspaceId: first.workspace_id, personId: first.person_id };
  // Its routing policy names channels, and the services have not begun to publish them.
  await publishChannelPolicies(contexts.gateway.dataSource, channelPolicies());
  progress('making a demo workspace: two teams, six agents, a web form, a mailbox, routing and SLA policies');
  return seedDemoWorkspace(contexts, config);
}
