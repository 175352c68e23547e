import { useLingui } from '@lingui/react';
import type { ChannelView, SettingField } from '@tributary/contracts';

type Texts = Readonly<Record<string, readonly [label: string, help: string]>>;

/**
 * A channel describes itself in English, in the manifest from which the API also checks. These are the Chinese words
 * for the channels we ship, by `channel` and `channel.setting`; a channel that is not here keeps its own.
 */
const CHINESE: Texts = {
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
  'wechat_oa.orderParameters': [
    '订单号参数名',
    '小程序页面路径中带订单号的参数；常见的（orderNo、order_id……）已内置。',
  ],
  'wechat_oa.orderPatterns': [
    '订单号格式',
    '# 代表数字，@ 代表字母，例如 TB-########-####。填写后，只有符合格式的才算订单号，出现在卡片何处都可以。',
  ],
  'wechat_oa.orderLink': ['订单链接', '客服查看订单的地址，例如 https://shop.example.com/orders/{order}。'],
  'wechat_mini.orderParameters': [
    '订单号参数名',
    '小程序页面路径中带订单号的参数；常见的（orderNo、order_id……）已内置。',
  ],
  'wechat_mini.orderPatterns': [
    '订单号格式',
    '# 代表数字，@ 代表字母，例如 TB-########-####。填写后，只有符合格式的才算订单号，出现在卡片何处都可以。',
  ],
  'wechat_mini.orderLink': ['订单链接', '客服查看订单的地址，例如 https://shop.example.com/orders/{order}。'],
  'wecom_kf.orderParameters': [
    '订单号参数名',
    '小程序页面路径中带订单号的参数；常见的（orderNo、order_id……）已内置。',
  ],
  'wecom_kf.orderPatterns': [
    '订单号格式',
    '# 代表数字，@ 代表字母，例如 TB-########-####。填写后，只有符合格式的才算订单号，出现在卡片何处都可以。',
  ],
  'wecom_kf.orderLink': ['订单链接', '客服查看订单的地址，例如 https://shop.example.com/orders/{order}。'],
  'wecom_kf.welcomeText': ['欢迎语', '客户进入会话时发送，前提是企业微信里没有设置欢迎语；留空则不发。'],
  'wecom_kf.endsSession': [
    '随工单结束会话',
    '解决工单的那条回复会同时结束企业微信里的会话；之后要等客户再次来信才能发送。',
  ],
  'wecom_kf.endText': ['结束语', '会话因上述回复或由企业微信里的同事结束时发送；留空则不发。'],
  wechaty: [
    '微信个人号（Wechaty，非官方）',
    '用 Wechaty 库驱动的个人微信号：非官方，违反微信条款，账号随时可能被封；请优先使用公众号或微信客服。',
  ],
  'wechaty.riskAccepted': [
    '我知道账号可能被封',
    'Wechaty 模拟手机或浏览器，微信条款禁止这样做，已有账号被永久封禁。',
  ],
  'wechaty.bridgeUrl': [
    '桥接程序地址',
    '此账号的桥接程序监听的地址，每个账号一个进程：https://bridge.example.com。内网地址须先在系统配置中放行。',
  ],
  'wechaty.signingSecret': [
    '签名密钥',
    'whsec_ 加 24 到 64 字节的 base64，与桥接程序的配置一致，双方都用它签名。',
  ],
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
