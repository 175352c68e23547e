import type { ChannelModule } from '@tributary/channel-sdk';
import { email } from '@tributary/channel-email';
import { line } from '@tributary/channel-line';
import { instagram, messenger, whatsappCloud } from '@tributary/channel-meta';
import { telegram } from '@tributary/channel-telegram';
import { sms, whatsapp } from '@tributary/channel-twilio';
import { webForm } from '@tributary/channel-web-form';
import { wechatMini, wechatOa, wecomKf } from '@tributary/channel-wechat';
import { wechaty } from '@tributary/channel-wechaty';

export { channelTable } from './channel-table.js';

/** THE list: one line a channel. Routes, settings forms, docs and contract tests are derived from it. */
export const CHANNEL_MODULES: readonly ChannelModule[] = [
  webForm,
  email,
  sms,
  whatsapp,
  whatsappCloud,
  messenger,
  instagram,
  telegram,
  line,
  wechatOa,
  wechatMini,
  wecomKf,
  wechaty,
];
