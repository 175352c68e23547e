import { useLingui } from '@lingui/react';
import type { ChannelView, SettingField } from '@tributary/contracts';

type Texts = Readonly<Record<string, readonly [label: string, help: string]>>;

/**
 * A channel describes itself in English, in the manifest from which the API also checks. These are the Chinese words
 * for the channels we ship, by `channel` and `channel.setting`; a channel that is not here keeps its own.
 */
const CHINESE: Texts = {
  api: ['API', '你自己的系统用签名请求写入消息并取回回复；设备可以报警。'],
  'api.secret': [
    '签名密钥',
    'whsec_ 加 24 到 64 个随机字节的 base64；你的系统和此收件渠道都用它签名（Standard Webhooks）。',
  ],
  'api.previousSecret': ['旧签名密钥', '更换密钥期间，用它签名的请求也会被接受。你的系统都换好后请清空。'],
  'api.callbackUrl': ['回调地址', '你的系统接收客服回复的 https 地址；留空则无法在此回复。'],
  app: ['手机应用', '放在你自己应用里的聊天，供已登录的用户使用。'],
  'app.tokenSecret': ['令牌密钥', '你的后端用它签名，说明应用的用户是谁（JWT，HS256）；至少 32 个字符。'],
  'app.callbackUrl': ['回调地址', '你后端的 https 地址，每条回复都会通知它，以便发送推送；可以留空。'],
  'app.secret': [
    '签名密钥',
    '填写回调地址时需要：whsec_ 加 24 到 64 个随机字节的 base64（Standard Webhooks）。',
  ],
  'app.previousSecret': ['旧签名密钥', '更换密钥期间，回调也会用它签名。你的系统都换好后请清空。'],
  email: ['电子邮件', '通过 IMAP 读取邮箱，或接收转发的邮件；通过 SMTP 回复。'],
  'email.address': ['邮箱地址', '客户写信的地址，回复也从这里发出。'],
  'email.displayName': ['发件人名称', '与客服姓名一起显示，例如“小梅（示例公司客服）”。'],
  'email.plusAddressing': [
    '加号地址',
    '请客户回信到 help+token@…，即使邮件程序去掉了引用信息，也能归到原对话。邮箱收不到这类地址时请关闭。',
  ],
  'email.imapHost': ['IMAP 服务器', '邮件是转发过来而不是主动收取时，留空。'],
  'email.imapPort': ['IMAP 端口', 'TLS 用 993，STARTTLS 用 143。'],
  'email.imapTls': ['IMAP 加密', '“none”会明文发送密码，只适合同一台机器上的服务器。'],
  'email.imapUser': ['IMAP 用户名', '通常就是邮箱地址。'],
  'email.imapPassword': ['IMAP 密码', '服务商启用两步验证时，请用应用专用密码。'],
  'email.imapMailbox': ['文件夹', '要读取的文件夹。其中每封邮件都会成为消息，不会被改动或删除。'],
  'email.smtpHost': ['SMTP 服务器', '只收不发的收件渠道请留空。'],
  'email.smtpPort': ['SMTP 端口', 'TLS 用 465，STARTTLS 用 587。'],
  'email.smtpTls': ['SMTP 加密', '“none”会明文发送密码，只适合同一台机器上的服务器。'],
  'email.smtpUser': ['SMTP 用户名', '服务器不要求登录时留空。'],
  'email.smtpPassword': ['SMTP 密码', '服务商启用两步验证时，请用应用专用密码。'],
  web_form: ['网页表单', '放在你的网站或由我们托管的页面，客户在上面留言。'],
  'web_form.title': ['标题', '显示在表单顶部。'],
  'web_form.introduction': ['说明', '显示在标题下方。'],
  'web_form.origins': ['允许的网站', '可以嵌入此表单的网站。'],
  web_chat: ['网页聊天', '放在你网站上的聊天气泡，也有一个单独的聊天页面。'],
  'web_chat.origins': [
    '网站',
    '允许放置聊天的网站，如 https://shop.example.com 或 https://*.example.com；其他网站会被拒绝。',
  ],
  'web_chat.title': ['标题', '显示在聊天窗口顶部；留空则按读者的语言显示默认文字。'],
  'web_chat.greeting': ['问候语', '客户最先看到的一句话；留空同上。'],
  'web_chat.accent': ['颜色', '气泡和客户消息的颜色，如 #1f6f5c。更多外观可用你页面的 CSS 调整。'],
  'web_chat.ask': ['姓名和邮箱', '第一条消息之前：不询问、可选填或必填。不在服务时间时，邮箱必填。'],
  'web_chat.hours': ['服务时间', '始终开放，或按工作日历：不在服务时间时，聊天会说明何时回来。'],
  'web_chat.identitySecret': [
    '身份密钥',
    '用来为你网站的用户签名，至少 32 个字符。不设置时，所有客户都是访客。',
  ],
  'web_chat.signedOnly': ['仅限已签名用户', '只有你的网站签过名的用户才能使用聊天。'],
};

/** The words of channels and their settings in the language of the console. */
export function useChannelTexts() {
  const { i18n } = useLingui();
  const known = i18n.locale === 'zh-CN' ? CHINESE : {};
  return {
    title: ({ channel, title }: ChannelView): string => known[channel]?.[0] ?? title,
    description: ({ channel, description }: ChannelView): string => known[channel]?.[1] ?? description,
    field: (channel: string, { name, label, help }: SettingField): Pick<SettingField, 'label' | 'help'> => {
      const words = known[`${channel}.${name}`];
      return { label: words?.[0] ?? label, help: words?.[1] ?? help };
    },
  };
}
