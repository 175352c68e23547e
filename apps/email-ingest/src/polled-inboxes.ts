import type { HostedInbox, InboxLookup, Poller } from '@tributary/channel-host';
import type { ChannelModule } from '@tributary/channel-sdk';
import { listen, type Listener } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';

/** The administration announces a changed inbox here. */
const CHANGED_CHANNEL = 'inbox_changed';
/** A notification that got lost with its connection is made good within this. */
const LOOK_MS = 60_000;

/** Keeps a session for every inbox that is switched on, with its settings as they are now. */
export class PolledInboxes {
  readonly #watched = new Map<string, string>();
  #listener: Listener | undefined;
  #look: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: ServiceContext,
    private readonly channel: ChannelModule,
    private readonly inboxes: InboxLookup,
    private readonly poller: Poller,
  ) {}

  async start(): Promise<void> {
    this.#listener = await listen(this.context.dataSource, [CHANGED_CHANNEL], () => this.#refresh());
    this.#look = setInterval(() => this.#refresh(), LOOK_MS);
    this.#refresh();
  }

  async stop(): Promise<void> {
    clearInterval(this.#look);
    await this.#listener?.close();
    await this.#working;
    await this.poller.stop();
  }

  #refresh(): void {
    this.#working = this.#working.then(() =>
      this.#align().catch((error: unknown) => this.context.logger.warn({ err: error }, 'inboxes_unreadable')),
    );
  }

  async #align(): Promise<void> {
    const wanted = await this.inboxes.ofChannel(this.channel.manifest.channel);
    const ids = new Set(wanted.map((inbox) => inbox.id));
    for (const id of this.#watched.keys()) {
      if (ids.has(id)) continue;
      this.#watched.delete(id);
      await this.poller.unwatch(id);
    }
    for (const inbox of wanted) await this.#watch(inbox);
  }

  async #watch(inbox: HostedInbox): Promise<void> {
    const settings = JSON.stringify([inbox.name, inbox.settings]);
    if (this.#watched.get(inbox.id) === settings) return;
    this.#watched.set(inbox.id, settings);
    await this.poller.watch(inbox);
  }
}
