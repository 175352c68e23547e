import {
  IconApi,
  IconBrandInstagram,
  IconBrandLine,
  IconBrandMessenger,
  IconBrandMiniprogram,
  IconBrandTelegram,
  IconBrandWechat,
  IconBrandWhatsapp,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleDot,
  IconCircleX,
  IconClipboardText,
  IconClockPause,
  IconDeviceMobile,
  IconDeviceMobileMessage,
  IconHeadset,
  IconMail,
  IconMessage,
  IconMessageChatbot,
  IconChevronsUp,
  IconChevronUp,
  IconChevronDown,
  IconMinus,
  IconPhone,
} from '@tabler/icons-react';
import type { Channel, Priority, StatusCategory } from '@tributary/contracts';
import { channelName } from '../i18n/channel-name.js';
import { useTranslate } from '../i18n/use-translate.js';
import classes from './ui.module.css';

const CHANNEL_ICONS: Readonly<Record<string, typeof IconMail>> = {
  email: IconMail,
  web_form: IconClipboardText,
  web_chat: IconMessageChatbot,
  app: IconDeviceMobile,
  api: IconApi,
  voice: IconPhone,
  sms: IconDeviceMobileMessage,
  whatsapp: IconBrandWhatsapp,
  whatsapp_cloud: IconBrandWhatsapp,
  messenger: IconBrandMessenger,
  instagram: IconBrandInstagram,
  telegram: IconBrandTelegram,
  line: IconBrandLine,
  wechat_oa: IconBrandWechat,
  wechat_mini: IconBrandMiniprogram,
  wecom_kf: IconHeadset,
  wechaty: IconBrandWechat,
};

/** The channel's sign; its name is read out and shown on hover. */
export function ChannelIcon({ channel, size = 15 }: { channel: Channel; size?: number }) {
  const t = useTranslate();
  const Icon = CHANNEL_ICONS[channel] ?? IconMessage;
  return (
    <span
      title={channelName(channel, t)}
      role="img"
      aria-label={channelName(channel, t)}
      className={classes['status']}
    >
      <Icon size={size} stroke={1.7} aria-hidden />
    </span>
  );
}

const STATUS_ICONS: Readonly<Record<StatusCategory, typeof IconMail>> = {
  new: IconCircleDashed,
  open: IconCircleDot,
  pending: IconClockPause,
  on_hold: IconCircle,
  solved: IconCircleCheck,
  closed: IconCircleX,
};

export function StatusMark({ status, text = true }: { status: StatusCategory; text?: boolean }) {
  const t = useTranslate();
  const Icon = STATUS_ICONS[status];
  return (
    <span className={classes['status']} data-status={status} title={text ? undefined : t(`status.${status}`)}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span className={text ? undefined : 'sr-only'}>{t(`status.${status}`)}</span>
    </span>
  );
}

const PRIORITY_ICONS: Readonly<Record<Priority, typeof IconMail>> = {
  urgent: IconChevronsUp,
  high: IconChevronUp,
  normal: IconMinus,
  low: IconChevronDown,
};

export function PriorityMark({ priority, text = true }: { priority: Priority; text?: boolean }) {
  const t = useTranslate();
  const Icon = PRIORITY_ICONS[priority];
  return (
    <span
      className={classes['priority']}
      data-priority={priority}
      title={text ? undefined : t(`priority.${priority}`)}
    >
      <Icon size={15} stroke={2} aria-hidden />
      <span className={text ? undefined : 'sr-only'}>{t(`priority.${priority}`)}</span>
    </span>
  );
}

export function VipMark() {
  const t = useTranslate();
  return <span className={classes['vip']}>{t('tier.vip')}</span>;
}

/** One or two letters of a name; for Chinese names the last two characters, as people are called. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  if (/^\p{Script=Han}+$/u.test(name.trim())) return name.trim().slice(-1);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (
    letters
      .map((word) => Array.from(word ?? '')[0] ?? '')
      .join('')
      .toUpperCase() || '?'
  );
}

export function Initials({ name, size = 24 }: { name: string; size?: number }) {
  return (
    <span
      className={classes['avatar']}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.42) }}
      // Drawn by the style: as text, it would be part of a button's visible name and not of its spoken one.
      data-initials={initialsOf(name)}
      aria-hidden
    />
  );
}
