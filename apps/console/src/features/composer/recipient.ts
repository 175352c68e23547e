import type { Channel, TicketDetail } from '@tributary/contracts';

/** The kind of address each channel writes to. */
const KINDS: Readonly<Record<Channel, string>> = {
  email: 'email',
  web_form: 'email',
  web_chat: 'visitor',
  app: 'user',
  api: 'user',
  voice: 'phone',
  sms: 'phone',
  whatsapp: 'phone',
  whatsapp_cloud: 'whatsapp_cloud',
  messenger: 'messenger',
  instagram: 'instagram',
  telegram: 'telegram',
  line: 'line',
  wechat_oa: 'wechat_oa',
  wechat_mini: 'wechat_mini',
  wecom_kf: 'wecom_kf',
  wechaty: 'wechaty',
};

/** The address the reply goes to, as far as the ticket's identities tell. */
export function recipientOf(ticket: Pick<TicketDetail, 'channel' | 'identities'>): string | null {
  const kind = KINDS[ticket.channel];
  return ticket.identities.find((identity) => identity.kind === kind)?.value ?? null;
}
