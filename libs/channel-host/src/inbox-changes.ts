import { listen, type Listener } from '@tributary/database';
import type { DataSource } from 'typeorm';
import type { HookDoor } from './hook-door.js';
import type { PullRunner } from './pull-runner.js';

/** The administration announces a changed inbox here. */
const CHANGED_CHANNEL = 'inbox_changed';

/** Looks at a new inbox before its first call, so that its cursor stands before whatever may be missed later. */
export class InboxChanges {
  #listener: Listener | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly door: Pick<HookDoor, 'start'>,
    private readonly pulls: Pick<PullRunner, 'ringAll'>,
  ) {}

  async start(): Promise<void> {
    this.#listener = await listen(this.dataSource, [CHANGED_CHANNEL], () => {
      void this.door.start();
      this.pulls.ringAll();
    });
    await this.door.start();
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
  }
}
