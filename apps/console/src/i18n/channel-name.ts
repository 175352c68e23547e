import type { MessageId } from './message-ids.js';
import type { Translate } from './use-translate.js';

const NAMES: Readonly<Record<string, MessageId>> = {
  email: 'channel.email',
  web_form: 'channel.web_form',
  web_chat: 'channel.web_chat',
  app: 'channel.app',
  api: 'channel.api',
  voice: 'channel.voice',
  sms: 'channel.sms',
  whatsapp: 'channel.whatsapp',
  whatsapp_cloud: 'channel.whatsapp_cloud',
  messenger: 'channel.messenger',
  instagram: 'channel.instagram',
  telegram: 'channel.telegram',
  line: 'channel.line',
  wechat_oa: 'channel.wechat_oa',
  wechat_mini: 'channel.wechat_mini',
  wecom_kf: 'channel.wecom_kf',
  wechaty: 'channel.wechaty',
};

/** A channel in words; one that this console does not know yet shows its own id rather than nothing. */
export const channelName = (channel: string, t: Translate): string => {
  const id = NAMES[channel];
  return id === undefined ? channel : t(id);
};
