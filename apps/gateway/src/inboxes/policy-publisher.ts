import type { OnApplicationBootstrap } from '@nestjs/common';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import { publishChannelPolicies } from '@tributary/directory';
import type { DataSource } from 'typeorm';

/** Tells `tickets`, which cannot import channels, what each lets us send. */
export class PolicyPublisher implements OnApplicationBootstrap {
  constructor(private readonly dataSource: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    await publishChannelPolicies(
      this.dataSource,
      CHANNEL_MODULES.map(({ manifest }) => ({ channel: manifest.channel, policy: manifest.sendPolicy })),
    );
  }
}
