import type { Channel } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { DataSource } from 'typeorm';
import { InboxEntity } from './entities.js';
import type { MasterKey } from './master-key.js';

/** An inbox with its secrets opened; for the process that talks to the provider. */
export interface OpenInbox {
  readonly id: string;
  readonly workspaceId: string;
  readonly channel: Channel;
  readonly name: string;
  /** Settings and secrets together. Never log them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Finds inboxes for the channels' hosts: from an id or an address to the workspace, then inside its scope. */
export class InboxService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly masterKey: MasterKey,
  ) {}

  /** @returns undefined when there is no enabled inbox of that id. */
  async byId(inboxId: string): Promise<OpenInbox | undefined> {
    const [inbox] = await this.#open(`inbox_id = $1`, [inboxId]);
    return inbox;
  }

  /** @param address a mail address in lower case without a plus part. */
  async byMailAddress(address: string): Promise<OpenInbox | undefined> {
    const [inbox] = await this.#open(`mail_address = $1`, [address]);
    return inbox;
  }

  async ofChannel(channel: Channel): Promise<readonly OpenInbox[]> {
    return this.#open(`channel = $1`, [channel]);
  }

  /** Secret settings as they are stored. */
  seal(workspaceId: string, inboxId: string, secrets: Readonly<Record<string, string>>): Buffer {
    return this.masterKey.seal(workspaceId, `inbox:${inboxId}`, JSON.stringify(secrets));
  }

  openSecrets(inbox: InboxEntity): Readonly<Record<string, string>> {
    if (!inbox.sealedSecrets) return {};
    const text = this.masterKey.open(inbox.workspaceId, `inbox:${inbox.id}`, inbox.sealedSecrets);
    return JSON.parse(text) as Record<string, string>;
  }

  async #open(where: string, parameters: readonly unknown[]): Promise<readonly OpenInbox[]> {
    const routes: { inbox_id: string; workspace_id: string }[] = await this.dataSource.query(
      `SELECT inbox_id, workspace_id FROM directory.inbox_route WHERE enabled AND ${where}`,
      [...parameters],
    );
    const byWorkspace = Map.groupBy(routes, (route) => route.workspace_id);
    const found: OpenInbox[] = [];
    for (const [workspaceId, of] of byWorkspace) {
      const inboxes = await inWorkspace(this.dataSource, workspaceId, (manager) =>
        manager
          .createQueryBuilder(InboxEntity, 'inbox')
          .whereInIds(of.map((route) => route.inbox_id))
          .getMany(),
      );
      for (const inbox of inboxes) {
        found.push({
          id: inbox.id,
          workspaceId,
          channel: inbox.channel,
          name: inbox.name,
          settings: { ...inbox.settings, ...this.openSecrets(inbox) },
        });
      }
    }
    return found;
  }
}
