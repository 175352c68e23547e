import { type DynamicModule, Module } from '@nestjs/common';
import { ChannelHostModule, hostedChannels } from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ServiceContext } from '@tributary/service';
import { MediaController } from './media.controller.js';
import { OutboundController } from './outbound.controller.js';

/** Hosts the WeChat family; the gateway hands their providers' calls on to it. */
@Module({})
export class WechatIngestModule {
  /** @param publicUrl where providers call the installation, without a slash at the end. */
  static register(context: ServiceContext, publicUrl: string): DynamicModule {
    const channels = CHANNEL_MODULES.filter(({ manifest }) => manifest.host === 'wechat-ingest');
    return {
      module: WechatIngestModule,
      imports: [ChannelHostModule.register(hostedChannels(context, channels, publicUrl))],
      controllers: [OutboundController, MediaController],
    };
  }
}
