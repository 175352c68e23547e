import type { OnApplicationBootstrap } from '@nestjs/common';
import { channelPolicies } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import { publishChannelPolicies } from '@tributary/directory';
import type { DataSource } from 'typeorm';

/** Tells those who cannot import channels, which there are and what each lets us send. */
export class PolicyPublisher implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: readonly ChannelModule[],
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await publishChannelPolicies(this.dataSource, channelPolicies(this.channels));
  }
}
