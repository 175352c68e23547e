import type { OnApplicationBootstrap } from '@nestjs/common';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import { publishChannelPolicies } from '@tributary/directory';
import type { DataSource } from 'typeorm';

/** Tells `tickets`, which cannot import channels, what each lets us send. */
export class PolicyPublisher implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: readonly ChannelModule[] = CHANNEL_MODULES,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.publish();
  }

  async publish(): Promise<void> {
    await publishChannelPolicies(
      this.dataSource,
      this.channels.map(({ manifest }) => ({ channel: manifest.channel, policy: manifest.sendPolicy })),
    );
  }
}
