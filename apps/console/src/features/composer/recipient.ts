import type { TicketDetail } from '@tributary/contracts';

/** The kind of address each channel writes to; WhatsApp to a user's id where there is one. */
const KINDS: Readonly<Record<string, string | readonly string[]>> = {
  email: 'email',
  web_form: 'email',
  web_chat: 'visitor',
  app: 'user',
  api: ['user', 'signal'],
  voice: 'phone',
  sms: 'phone',
  whatsapp: ['bsuid', 'phone'],
  whatsapp_cloud: ['bsuid', 'phone'],
  messenger: 'messenger',
  instagram: 'instagram',
  telegram: 'telegram',
  line: 'line',
  wechat_oa: 'openid',
  wechat_mini: 'openid',
  wecom_kf: 'external_userid',
  wechaty: ['wechaty', 'wechaty_room'],
};

/** The address the reply goes to, as far as the ticket's identities tell. */
export function recipientOf(ticket: Pick<TicketDetail, 'channel' | 'identities'>): string | null {
  const kinds = [KINDS[ticket.channel] ?? ticket.channel].flat();
  const reachable = kinds.flatMap((kind) => ticket.identities.filter((identity) => identity.kind === kind));
  return reachable[0]?.value ?? null;
}
