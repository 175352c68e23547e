import type { Locale } from '@tributary/contracts';
import type { NoticeKind } from './notice.repository.js';

export interface NoticedTicket {
  readonly number: string;
  readonly subject: string;
  /** When it happened. */
  readonly at: Date;
}

const TITLES: Readonly<Record<NoticeKind, Readonly<Record<Locale, (number: string) => string>>>> = {
  'ticket.assigned': {
    en: (number) => `Ticket #${number} is yours`,
    'zh-CN': (number) => `工单 #${number} 已分配给您`,
  },
  'message.added': {
    en: (number) => `The customer wrote: ticket #${number}`,
    'zh-CN': (number) => `工单 #${number} 有客户的新消息`,
  },
  'sla.warned': {
    en: (number) => `Ticket #${number} is due soon`,
    'zh-CN': (number) => `工单 #${number} 即将超时`,
  },
};

/** What a colleague reads on their phone: of what the customer said the subject alone. */
export function noticeText(
  kind: NoticeKind,
  locale: Locale,
  timeZone: string,
  { number, subject, at }: NoticedTicket,
): { readonly title: string; readonly text: string } {
  const time = new Intl.DateTimeFormat(locale, {
    ...({ dateStyle: 'short', timeStyle: 'medium' } as const),
    timeZone,
  }).format(at);
  return { title: TITLES[kind][locale](number), text: `${time}\n${subject}` };
}
