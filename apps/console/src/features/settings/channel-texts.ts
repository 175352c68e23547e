import { useLingui } from '@lingui/react';
import type { ChannelView, SettingField } from '@tributary/contracts';

type Texts = Readonly<Record<string, readonly [label: string, help: string]>>;

/** Of several channels of one provider. */
const META: Texts = {
  accessToken: ['访问令牌', '用系统用户的令牌，不会过期；所需权限见接入说明。'],
  appSecret: ['应用密钥', '应用设置的“基本”页。用来校验 Meta 的每次调用，并给我们的请求签名。'],
  verifyToken: ['验证口令', '自己设定，至少8个字符；与回调网址一起填到 Meta。'],
  version: ['Graph API 版本', '当前版本即将停用时再调高。'],
  pageId: ['主页编号', '一串数字，见主页“简介”的“公共主页信息透明度”。'],
};
const TWILIO: Texts = {
  accountSid: ['账号 SID', '在 Twilio 控制台首页，以 AC 开头。'],
  authToken: ['认证令牌', '在账号 SID 旁边。用来校验来自 Twilio 的调用并发送回复。'],
  messagingServiceSid: ['消息服务 SID', '以 MG 开头。号码属于某个消息服务时填写；不填号码时由服务挑选。'],
  advancedOptOut: ['高级退订', '消息服务启用时打开，这时只有那里设定的词才会退订或恢复。'],
};
const WECHAT: Texts = {
  appId: ['AppID', '以 wx 开头，在“基本配置”页。'],
  appSecret: ['AppSecret', '在同一页。本系统的出口地址必须在旁边的 IP 白名单中。'],
  callbackToken: ['Token', '服务器配置中的令牌：自定的3至32个字母或数字，两边一致。'],
  encodingAesKey: ['EncodingAESKey', '服务器配置中的43个字符。填写后只接收加密消息，留空则只接收明文。'],
  orderParameters: ['订单号参数名', '小程序页面路径中带订单号的参数；常见的（orderNo、order_id……）已内置。'],
  orderPatterns: [
    '订单号格式',
    '# 代表数字，@ 代表字母，例如 TB-########-####。填写后，只有符合格式的才算订单号，出现在卡片何处都可以。',
  ],
  orderLink: ['订单链接', '客服查看订单的地址，例如 https://shop.example.com/orders/{order}。'],
};

const of = (channels: readonly string[], texts: Texts): Texts =>
  Object.fromEntries(
    channels.flatMap((channel) =>
      Object.entries(texts).map(([name, words]) => [`${channel}.${name}`, words]),
    ),
  );

/**
 * A channel describes itself in English, in the manifest from which the API also checks. These are the Chinese words
 * for the channels we ship, by `channel` and `channel.setting`; a channel that is not here keeps its own.
 */
const CHINESE: Texts = {
  ...of(['messenger', 'instagram', 'whatsapp_cloud'], META),
  ...of(['sms', 'whatsapp', 'voice'], TWILIO),
  ...of(['wechat_oa', 'wechat_mini', 'wecom_kf'], WECHAT),
  sms: ['短信（Twilio）', '通过 Twilio 号码收发短信。'],
  'sms.sender': ['电话号码', '带国家代码的号码（+14155550100），或短号码。'],
  voice: ['电话（Twilio）', '客户拨打你的 Twilio 号码：菜单、排队、留言、回拨、转接。'],
  'voice.sender': ['电话号码', '带国家代码的号码（+14155550100）。回复以短信从这个号码发出。'],
  'voice.definition': [
    '来电流程',
    'JSON：各语言的问候语、菜单、服务时间、排队和拨号；每项的含义见接入说明。',
  ],
  whatsapp: ['WhatsApp（Twilio）', '通过 Twilio 收发 WhatsApp 消息。'],
  'whatsapp.sender': ['WhatsApp 号码', 'WhatsApp 发送方的号码，带国家代码（+14155550100）。'],
  whatsapp_cloud: ['WhatsApp（Cloud API）', '直接使用 Meta 的 WhatsApp Cloud API 号码。'],
  'whatsapp_cloud.phoneNumberId': [
    '号码编号',
    '一串数字，WhatsApp 管理工具中显示在号码旁边，并不是号码本身。',
  ],
  messenger: ['Messenger', '客户写给 Facebook 主页的消息。'],
  instagram: ['Instagram', '客户写给 Instagram 专业账号的私信。'],
  'instagram.accountId': ['Instagram 账号编号', '一串数字，Meta 给专业账号的编号，不是用户名。'],
  'instagram.pageId': ['主页编号', '与该账号关联的主页，回复从这里发出。'],
  'instagram.storyMentions': ['快拍提及也算消息', '关闭时，有人在快拍中提到账号不会生成工单。'],
  telegram: ['Telegram', '客户写给机器人的消息，以及机器人所在群组的消息。'],
  'telegram.botToken': ['机器人令牌', '来自 @BotFather：数字、冒号和35个字符。'],
  'telegram.webhookSecret': [
    'Webhook 密钥',
    '自己设定，16至256个字母、数字、_ 或 -；setWebhook 的 secret_token 填同样的值。',
  ],
  line: ['LINE', '好友和群组写给 LINE 官方账号的消息。'],
  'line.channelId': ['频道编号', '十位数字，在 Messaging API 频道的基本设置中。'],
  'line.channelSecret': ['频道密钥', '32个字符，在同一页；LINE 用它给调用签名。'],
  'line.accessToken': ['频道访问令牌', 'Messaging API 标签页中的长期令牌。留空时用编号和密钥换取短期令牌。'],
  wechat_oa: ['微信公众号', '粉丝写给公众号的消息。'],
  wechat_mini: ['微信小程序', '小程序客服会话中的消息。'],
  wecom_kf: ['企业微信客服', '客户写给企业微信客服账号的消息。'],
  'wecom_kf.corpId': ['CorpID', '以 ww 开头，在管理后台“我的企业”。'],
  'wecom_kf.secret': ['Secret', '微信客服应用的密钥，或有权调用其接口的应用的密钥。'],
  'wecom_kf.openKfIds': [
    '客服账号',
    '此收件渠道服务的客服账号编号（wk…），每行一个；客户没有指定时由第一个回复。',
  ],
  'wecom_kf.encodingAesKey': ['EncodingAESKey', '回调配置中的43个字符。'],
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
  'web_form.types': ['请求类型', '客户可以选择的类型，会成为工单的类型。'],
  'web_form.regions': ['地区', '国家代码（cn）或自定的词；填写后客户可选，分配规则可以使用。'],
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
  'wecom_kf.welcomeText': ['欢迎语', '客户进入会话时发送，前提是企业微信里没有设置欢迎语；留空则不发。'],
  'wecom_kf.endsSession': [
    '随工单结束会话',
    '解决工单的那条回复会同时结束企业微信里的会话；之后要等客户再次来信才能发送。',
  ],
  'wecom_kf.endText': ['结束语', '会话因上述回复或由企业微信里的同事结束时发送；留空则不发。'],
  'wecom_kf.noticeAgentId': [
    '通知同事：AgentId',
    '自建应用的编号。同事没有打开控制台时，用它提醒：分配给他们的工单、客户的新消息、即将超时的承诺。各人的企业微信账号在“人员”里填写。',
  ],
  'wecom_kf.noticeSecret': [
    '通知同事：Secret',
    '同一应用的密钥；可见范围须包含这些同事，可信 IP 须包含本系统。',
  ],
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
