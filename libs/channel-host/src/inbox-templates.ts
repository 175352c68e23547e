import { ChannelError, type ChannelModule } from '@tributary/channel-sdk';
import type { TemplatesView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { storedTemplates, storeTemplates } from '@tributary/directory';
import type { Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { InboxLookup } from './hosted-inbox.js';
import type { PortsOf } from './provider-ports.js';

export interface InboxTemplatesParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  /** Connected as a role that writes the schema `directory`. */
  readonly dataSource: DataSource;
  readonly ports: PortsOf;
  readonly logger: Logger;
}

/** An agent waits for it. */
const ASK_MS = 10_000;

/** The texts that providers approved: asked for when somebody wants them, and kept for who sends them. */
export class InboxTemplates {
  constructor(private readonly parts: InboxTemplatesParts) {}

  /** @returns undefined for an inbox that is not the workspace's, or is switched off. */
  async of(workspaceId: string, inboxId: string): Promise<TemplatesView | undefined> {
    const { channels, inboxes, dataSource, ports, logger } = this.parts;
    const inbox = await inboxes.byId(inboxId);
    if (inbox?.workspaceId !== workspaceId) return undefined;
    const list = channels.find(({ manifest }) => manifest.channel === inbox.channel)?.templates;
    if (list === undefined) return { templates: [], fault: null };
    let fault: string | null = null;
    try {
      const told = await list(inbox, ports(inbox), AbortSignal.timeout(ASK_MS));
      await inWorkspace(dataSource, workspaceId, (manager) => storeTemplates(manager, inbox, told));
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      logger.warn({ inboxId, code: error.code }, 'templates_not_told');
      fault = error.message;
    }
    const templates = await inWorkspace(dataSource, workspaceId, (manager) =>
      storedTemplates(manager, inboxId),
    );
    return { templates, fault };
  }
}
