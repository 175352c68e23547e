import type { Channel, SendPolicy } from '@tributary/contracts';
import type { DataSource, EntityManager } from 'typeorm';

/** Writes what the installed channels let us send; whoever hosts the registry does it once it starts. */
export async function publishChannelPolicies(
  dataSource: DataSource,
  policies: readonly { readonly channel: Channel; readonly policy: SendPolicy }[],
): Promise<void> {
  await dataSource.query(
    `INSERT INTO directory.channel_policy (channel, policy)
     SELECT channel, policy FROM json_populate_recordset(NULL::directory.channel_policy, $1::json)
     ON CONFLICT (channel) DO UPDATE SET policy = excluded.policy
     WHERE channel_policy.policy IS DISTINCT FROM excluded.policy`,
    [JSON.stringify(policies)],
  );
}

/** @returns undefined for a channel that was never installed here. */
export async function channelPolicy(
  manager: EntityManager,
  channel: Channel,
): Promise<SendPolicy | undefined> {
  const rows: { policy: SendPolicy }[] = await manager.query(
    `SELECT policy FROM directory.channel_policy WHERE channel = $1`,
    [channel],
  );
  return rows[0]?.policy;
}

/** @returns names of the channels that were ever installed here. */
export async function installedChannels(manager: EntityManager): Promise<ReadonlySet<Channel>> {
  const rows: { channel: Channel }[] = await manager.query(
    'SELECT channel FROM directory.channel_policy ORDER BY channel',
  );
  return new Set(rows.map(({ channel }) => channel));
}
