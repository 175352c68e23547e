import type { Channel } from '@tributary/contracts';

type Steps = Readonly<Partial<Record<Channel, readonly string[]>>>;

const META = (what: string): readonly string[] => [
  'At developers.facebook.com open your app of the type Business, then Webhooks.',
  'Paste the address above as the callback URL, with the verify token of this inbox. Meta calls it at once.',
  what,
  'Until the app is live, Meta passes on only what people with a role in the app write.',
];
const TWILIO = (where: string): readonly string[] => [
  where,
  'Paste the address above as the webhook for incoming messages, with the method POST, and save.',
  'Reports on what was sent come by themselves: nothing else has to be set.',
];
const WECHAT = (where: string): readonly string[] => [
  where,
  'Paste the address above with the token and the EncodingAESKey of this inbox, and choose the secure mode. WeChat checks the address at once.',
  'Put the outgoing address of this installation on the IP whitelist, or replies fail with 40164.',
];

/** What is done at the provider, in its order; the channel's guide says the rest. */
const ENGLISH: Steps = {
  web_form: ['Link to the address above, or put the page into a frame of your site.'],
  email: [
    'Forward the mail of your support address to the address above, or fill in the IMAP server to have it fetched.',
    'Fill in the SMTP server, so that replies can leave.',
  ],
  web_chat: [
    'Name the sites on which the chat may stand among the settings of this inbox.',
    'Put the line for your pages before </body>; a strict page allows this origin in script-src and connect-src.',
    'If your users sign in, set an identity secret, and sign the user’s id on your server.',
  ],
  app: [
    'Let your backend make a token for each user who is signed in: a JWT by HS256 with the token secret, with sub and exp.',
    'Let the app call messages, events and receipts below the address above, with the token as Bearer.',
    'For push messages fill in a callback address and a signing secret: your backend is told of each reply.',
  ],
  api: [
    'Give your system the address above and the signing secret; it signs each call (Standard Webhooks).',
    'In TypeScript use @tributary/client; the channel’s guide has a call by curl.',
    'For replies fill in the https address of your system that takes them, and verify their signature there.',
  ],
  voice: [
    'In the Twilio console open Phone Numbers, your number, Voice.',
    'Paste the address above, with its end, as A call comes in, with the method POST.',
    'Paste it as Call status changes as well, with /status before the #.',
    'For Primary handler fails make a TwiML Bin that records a message: it is heard while this installation is away.',
    'Give agents who take calls a phone number, in Settings, People.',
  ],
  sms: TWILIO('In the Twilio console open Phone Numbers, your number, Messaging.'),
  whatsapp: TWILIO('In the Twilio console open Messaging, Senders, WhatsApp senders, your number.'),
  whatsapp_cloud: META('Subscribe the field messages, and the app to your WhatsApp Business account.'),
  messenger: META(
    'Subscribe messages, message_echoes, message_reactions, message_deliveries and message_reads, and the app to your page.',
  ),
  instagram: META(
    'Subscribe messages, message_reactions and messaging_seen, and the app to the linked page.',
  ),
  telegram: [
    'For groups, let the bot hear everything: /setprivacy, Disable, at @BotFather.',
    'Call setWebhook of the Bot API with the address above as url and the webhook secret as secret_token.',
    'Name allowed_updates: message, edited_message, message_reaction, my_chat_member, callback_query.',
  ],
  line: [
    'In the LINE Developers Console open the Messaging API tab of your channel.',
    'Paste the address above as Webhook URL, press Verify, switch on Use webhook and Webhook redelivery.',
    'In the Official Account Manager switch off auto-reply, or it answers beside the agents.',
  ],
  wechat_oa: WECHAT(
    'At mp.weixin.qq.com open Settings and development, Basic configuration, Server configuration.',
  ),
  wechat_mini: WECHAT('At mp.weixin.qq.com open Development, Development settings, Message push.'),
  wecom_kf: [
    'In the WeCom administration open WeChat customer service, and let an application use its API.',
    'Paste the address above as its callback, with the token and the EncodingAESKey of this inbox.',
    'The first call fetches what customers wrote in the last three days.',
  ],
  wechaty: [
    'Install the Wechaty library in the folder optional/wechaty.',
    'Start the bridge with the address above and the signing secret of this inbox, one process an account.',
    'Scan the code that the bridge shows with the account’s phone.',
  ],
};

const META_ZH = (what: string): readonly string[] => [
  '在 developers.facebook.com 打开你的商业应用，进入 Webhooks。',
  '把上面的地址填为回调网址，并填写此收件渠道的验证口令，Meta 会立即校验。',
  what,
  '应用上线之前，Meta 只转发在应用中有角色的人写来的消息。',
];
const TWILIO_ZH = (where: string): readonly string[] => [
  where,
  '把上面的地址填为接收消息的 Webhook，方法选 POST，然后保存。',
  '发送状态会自动回报，不需要其他设置。',
];
const WECHAT_ZH = (where: string): readonly string[] => [
  where,
  '填入上面的地址以及此收件渠道的 Token 和 EncodingAESKey，选择安全模式，微信会立即校验。',
  '把本系统的出口地址加入 IP 白名单，否则回复会报错 40164。',
];

const CHINESE: Steps = {
  web_form: ['把上面的链接给客户，或把页面嵌入你的网站。'],
  email: [
    '把客服邮箱的邮件转发到上面的地址，或填写 IMAP 服务器由系统收取。',
    '填写 SMTP 服务器，才能发出回复。',
  ],
  web_chat: [
    '在此收件渠道的设置中填写可以放置聊天的网站。',
    '把网页代码放在 </body> 之前；有内容安全策略的页面，在 script-src 和 connect-src 中允许此来源。',
    '如果用户会登录你的网站，请设置身份密钥，并在服务器上为用户编号签名。',
  ],
  app: [
    '由你的后端为已登录的用户生成令牌：用令牌密钥签名的 JWT（HS256），包含 sub 和 exp。',
    '应用调用上面地址之下的 messages、events 和 receipts，以 Bearer 方式携带令牌。',
    '需要推送时，填写回调地址和签名密钥，每条回复都会通知你的后端。',
  ],
  api: [
    '把上面的地址和签名密钥交给你的系统，每次调用都要签名（Standard Webhooks）。',
    'TypeScript 可直接使用 @tributary/client；接入说明中有 curl 示例。',
    '需要接收回复时，填写你系统的 https 地址，并在那里校验签名。',
  ],
  voice: [
    '在 Twilio 控制台打开 Phone Numbers，选择号码，进入 Voice。',
    '把上面的地址连同结尾填到 A call comes in，方法选 POST。',
    'Call status changes 也填这个地址，并在 # 之前加上 /status。',
    '为 Primary handler fails 建一个可以留言的 TwiML Bin，本系统无法访问时来电者会听到它。',
    '在“设置”“成员”中为接听电话的客服填写电话号码。',
  ],
  sms: TWILIO_ZH('在 Twilio 控制台打开 Phone Numbers，选择号码，进入 Messaging。'),
  whatsapp: TWILIO_ZH('在 Twilio 控制台打开 Messaging、Senders、WhatsApp senders，选择号码。'),
  whatsapp_cloud: META_ZH('订阅 messages 字段，并为 WhatsApp 商业账号订阅该应用。'),
  messenger: META_ZH(
    '订阅 messages、message_echoes、message_reactions、message_deliveries、message_reads，并为主页订阅该应用。',
  ),
  instagram: META_ZH('订阅 messages、message_reactions、messaging_seen，并为关联的主页订阅该应用。'),
  telegram: [
    '用于群组时，在 @BotFather 用 /setprivacy 选择 Disable，机器人才能看到全部消息。',
    '调用 Bot API 的 setWebhook：url 填上面的地址，secret_token 填 Webhook 密钥。',
    'allowed_updates 填写 message、edited_message、message_reaction、my_chat_member、callback_query。',
  ],
  line: [
    '在 LINE Developers Console 打开频道的 Messaging API 标签页。',
    '把上面的地址填为 Webhook URL，点击 Verify，并打开 Use webhook 和 Webhook redelivery。',
    '在 Official Account Manager 关闭自动回复，以免与客服重复。',
  ],
  wechat_oa: WECHAT_ZH('登录 mp.weixin.qq.com，打开“设置与开发”“基本配置”“服务器配置”。'),
  wechat_mini: WECHAT_ZH('登录 mp.weixin.qq.com，打开“开发管理”“开发设置”“消息推送”。'),
  wecom_kf: [
    '在企业微信管理后台打开“微信客服”，允许一个应用调用接口。',
    '把上面的地址填为回调地址，并填写此收件渠道的 Token 和 EncodingAESKey。',
    '第一次回调会取回最近三天的客户消息。',
  ],
  wechaty: [
    '在 optional/wechaty 目录中安装 Wechaty 库。',
    '用上面的地址和此收件渠道的签名密钥启动桥接程序，每个账号一个进程。',
    '用该账号的手机扫描桥接程序显示的二维码。',
  ],
};

/** @returns none for a channel that this console does not know. */
export function setUpSteps(channel: Channel, locale: string): readonly string[] {
  return (locale === 'zh-CN' ? CHINESE : ENGLISH)[channel] ?? [];
}
