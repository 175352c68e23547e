import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import type { Channel, ChannelView, InboxRequest, InboxView } from '@tributary/contracts';
import { inWorkspace, isUniqueViolation } from '@tributary/database';
import { InboxEntity, type InboxService } from '@tributary/directory';
import { newId, ProblemError } from '@tributary/runtime';
import type { DataSource, EntityManager } from 'typeorm';
import { announceConfiguration } from '../configuration.js';
import type { GatewayConfig } from '../gateway.config.js';
import { checkSettings } from './inbox-settings.js';

interface HealthRow {
  readonly inbox_id: string;
  readonly last_inbound_at: Date | null;
  readonly last_outbound_at: Date | null;
  readonly last_error: string | null;
  readonly last_error_at: Date | null;
}

/** The workspace's inboxes: settings checked by the channel's form, secrets sealed and never read back. */
export class InboxesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inboxes: InboxService,
    private readonly config: GatewayConfig,
    private readonly modules: readonly ChannelModule[] = CHANNEL_MODULES,
  ) {}

  channels(): readonly ChannelView[] {
    return this.modules.map(({ manifest }) => ({
      channel: manifest.channel,
      title: manifest.title,
      description: manifest.description,
      settings: manifest.settings,
      maxTextLength: manifest.capabilities.maxTextLength,
      attachments: manifest.capabilities.attachments,
    }));
  }

  async list(workspaceId: string): Promise<readonly InboxView[]> {
    return inWorkspace(this.dataSource, workspaceId, async (manager) => {
      const inboxes = await manager.find(InboxEntity, { order: { name: 'ASC' } });
      const health = await healthOf(manager);
      return inboxes.map((inbox) => this.#view(inbox, health.get(inbox.id)));
    });
  }

  async create(workspaceId: string, input: InboxRequest): Promise<InboxView> {
    const channel = this.#moduleOf(input.channel);
    const { settings, secrets } = checkSettings(channel, input.settings ?? {}, {});
    const id = newId();
    const inbox = {
      ...{ id, workspaceId, channel: channel.manifest.channel },
      ...{ name: input.name ?? channel.manifest.title, enabled: input.enabled ?? true, settings },
      sealedSecrets: this.inboxes.seal(workspaceId, id, secrets),
    };
    return this.#save(workspaceId, async (manager) => {
      await manager.insert(InboxEntity, inbox as object);
      await route(manager, inbox);
      return this.#view(await manager.findOneByOrFail(InboxEntity, { id }), undefined);
    });
  }

  async update(workspaceId: string, id: string, input: InboxRequest): Promise<InboxView> {
    return this.#save(workspaceId, async (manager) => {
      const inbox = await manager.findOneBy(InboxEntity, { id });
      if (!inbox) throw new ProblemError(404, 'INBOX_NOT_FOUND');
      if (input.channel !== undefined && input.channel !== inbox.channel) {
        throw new ProblemError(409, 'CHANNEL_FIXED', 'an inbox keeps its channel; add another');
      }
      if (input.settings) {
        const kept = this.inboxes.openSecrets(inbox);
        const checked = checkSettings(
          this.#moduleOf(inbox.channel),
          { ...inbox.settings, ...input.settings },
          kept,
        );
        inbox.settings = checked.settings;
        inbox.sealedSecrets = this.inboxes.seal(workspaceId, id, checked.secrets);
      }
      inbox.name = input.name ?? inbox.name;
      inbox.enabled = input.enabled ?? inbox.enabled;
      await manager.save(inbox);
      await route(manager, inbox);
      return this.#view(inbox, (await healthOf(manager)).get(id));
    });
  }

  #view(inbox: InboxEntity, health: HealthRow | undefined): InboxView {
    const channel = this.#moduleOf(inbox.channel);
    const secrets = this.inboxes.openSecrets(inbox);
    const address = channel.publicAddress({ id: inbox.id, name: inbox.name, settings: inbox.settings });
    return {
      id: inbox.id,
      channel: inbox.channel,
      name: inbox.name,
      enabled: inbox.enabled,
      settings: inbox.settings,
      secretsSet: Object.fromEntries(
        channel.manifest.settings
          .filter((field) => field.type === 'secret')
          .map((field) => [field.name, secrets[field.name] !== undefined]),
      ),
      publicAddress: address?.startsWith('/') ? `${this.config.TRIBUTARY_PUBLIC_URL}${address}` : address,
      health: {
        lastInboundAt: health?.last_inbound_at?.toISOString() ?? null,
        lastOutboundAt: health?.last_outbound_at?.toISOString() ?? null,
        lastError: health?.last_error ?? null,
        lastErrorAt: health?.last_error_at?.toISOString() ?? null,
      },
    };
  }

  #moduleOf(channel: Channel | undefined): ChannelModule {
    const found = this.modules.find((each) => each.manifest.channel === channel);
    if (found) return found;
    const message = 'no such channel is installed';
    throw new ProblemError(400, 'CHANNEL_UNKNOWN', message, [
      { field: 'channel', rule: 'unknown_channel', message },
    ]);
  }

  async #save(workspaceId: string, work: (manager: EntityManager) => Promise<InboxView>): Promise<InboxView> {
    try {
      return await inWorkspace(this.dataSource, workspaceId, async (manager) => {
        const view = await work(manager);
        await announceConfiguration(manager, workspaceId, 'inboxes');
        // The hosts that poll hear of it at once.
        await manager.query(`SELECT pg_notify('inbox_changed', $1)`, [view.id]);
        return view;
      });
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new ProblemError(409, 'NAME_TAKEN', 'another inbox has this name or this mail address');
      }
      throw error;
    }
  }
}

/** The registry finds an inbox by id or mail address before a workspace is known. */
async function route(
  manager: EntityManager,
  inbox: Pick<InboxEntity, 'id' | 'workspaceId' | 'channel' | 'enabled' | 'settings'>,
): Promise<void> {
  const address = inbox.channel === 'email' ? textOf(inbox.settings.address).toLowerCase() : '';
  await manager.query(
    `INSERT INTO directory.inbox_route (inbox_id, workspace_id, channel, enabled, mail_address)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (inbox_id) DO UPDATE SET enabled = excluded.enabled, mail_address = excluded.mail_address`,
    [inbox.id, inbox.workspaceId, inbox.channel, inbox.enabled, address || null],
  );
}

async function healthOf(manager: EntityManager): Promise<ReadonlyMap<string, HealthRow>> {
  const rows: HealthRow[] = await manager.query(
    `SELECT i.id AS inbox_id,
       (SELECT a.last_inbound_at FROM tickets.inbox_activity a WHERE a.inbox_id = i.id) AS last_inbound_at,
       (SELECT max(d.at) FROM tickets.delivery d WHERE d.inbox_id = i.id) AS last_outbound_at,
       h.last_error, h.last_error_at
     FROM directory.inbox i LEFT JOIN channels.inbox_health h ON h.inbox_id = i.id`,
  );
  return new Map(rows.map((row) => [row.inbox_id, row]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
