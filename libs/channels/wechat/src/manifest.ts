import type { ChannelManifest } from '@tributary/channel-sdk';
import type { MediaRule } from './temporary-media.js';

const READ = '2026-11-24';
const MINUTE = 1 / 60;
const MEGABYTE = 1024 * 1024;
/**
 * A text has at most 2,048 bytes in UTF-8. A UTF-16 unit takes 3 at most, so this many always fit; nothing is ever cut
 * or split, as every part would cost one of the few messages a window has.
 */
const MAX_TEXT = Math.floor(2048 / 3);

const PICTURES = ['image/jpeg', 'image/png', 'image/gif', 'image/jpg'];

export const OA_MEDIA: readonly MediaRule[] = [
  { kind: 'image', types: PICTURES, maxBytes: 10 * MEGABYTE },
  { kind: 'voice', types: ['audio/amr', 'audio/mpeg', 'audio/mp3'], maxBytes: 2 * MEGABYTE },
  { kind: 'video', types: ['video/mp4'], maxBytes: 10 * MEGABYTE },
];

export const MINI_MEDIA: readonly MediaRule[] = [{ kind: 'image', types: PICTURES, maxBytes: 10 * MEGABYTE }];

/** What is too large or no such thing as a picture still goes as a file. */
export const KF_MEDIA: readonly MediaRule[] = [
  { kind: 'image', types: ['image/jpeg', 'image/png', 'image/jpg'], maxBytes: 10 * MEGABYTE },
  { kind: 'voice', types: ['audio/amr'], maxBytes: 2 * MEGABYTE },
  { kind: 'video', types: ['video/mp4'], maxBytes: 10 * MEGABYTE },
  { kind: 'file', maxBytes: 20 * MEGABYTE },
];

const callbackSettings: ChannelManifest['settings'] = [
  {
    name: 'callbackToken',
    label: 'Token',
    help: 'Token of the server configuration: 3 to 32 letters or digits of your own choice, the same in both places.',
    type: 'secret',
    required: true,
  },
  {
    name: 'encodingAesKey',
    label: 'EncodingAESKey',
    help: 'The 43 characters of the server configuration. With it only encrypted messages are taken; left empty, only plain ones.',
    type: 'secret',
    required: false,
  },
];

const accountSettings: ChannelManifest['settings'] = [
  {
    name: 'appId',
    label: 'AppID',
    help: 'Begins with wx; on the page of basic configuration.',
    type: 'text',
    required: true,
  },
  {
    name: 'appSecret',
    label: 'AppSecret',
    help: 'On the same page. The address of this installation must be on the IP whitelist beside it.',
    type: 'secret',
    required: true,
  },
  ...callbackSettings,
];

const orderSettings: ChannelManifest['settings'] = [
  {
    name: 'orderParameters',
    label: 'Names of the order number',
    help: 'Page parameters of your mini-program that hold an order number; the usual ones (orderNo, order_id …) are known.',
    type: 'list',
    required: false,
  },
  {
    name: 'orderPatterns',
    label: 'Look of the order number',
    help: '# for a digit, @ for a letter: TB-########-####. With it only what fits is taken as an order, wherever a card has it.',
    type: 'list',
    required: false,
  },
  {
    name: 'orderLink',
    label: 'Link to an order',
    help: 'Where agents look an order up: https://shop.example.com/orders/{order}.',
    type: 'text',
    required: false,
  },
];

const AFTER_MESSAGE = { opensOn: 'message', hours: 48, messages: 5 } as const;
/** The vendors limit calls, and do not say how. */
const UNNUMBERED = { inbox: null, contact: null };

/** The same for all that this vendor offers. */
const ofVendor = {
  host: 'wechat-ingest',
  capabilities: { attachments: true, maxTextLength: MAX_TEXT, maxAttachmentBytes: 20 * MEGABYTE },
  verification: 'published_vectors',
  answerWithinMs: 5000,
} as const;
const ofAccount = {
  ...ofVendor,
  settings: [...accountSettings, ...orderSettings],
  identityKind: 'openid',
} as const;

const cryptoSource = {
  title: 'Message encryption and decryption',
  url: 'https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html',
  read: READ,
};

/** Five messages for each of the customer's; a few within a minute of what the customer did. */
function accountPolicy(afterEvent: number): ChannelManifest['sendPolicy'] {
  return {
    windows: [AFTER_MESSAGE, { opensOn: 'event', hours: MINUTE, messages: afterEvent }],
    ...{ templates: false, perSecond: UNNUMBERED },
  };
}

export const oaManifest: ChannelManifest = {
  ...ofAccount,
  channel: 'wechat_oa',
  title: 'WeChat Official Account',
  description: 'Messages to an Official Account (service account), answered as customer-service messages.',
  sendPolicy: accountPolicy(3),
  sources: [
    {
      title: 'Receiving standard messages',
      url: 'https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html',
      read: READ,
    },
    {
      title: 'Customer-service messages: windows and counts',
      url: 'https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html',
      read: READ,
    },
    cryptoSource,
  ],
};

export const miniManifest: ChannelManifest = {
  ...ofAccount,
  channel: 'wechat_mini',
  title: 'WeChat mini-program',
  description: 'Customer-service messages from the contact button of a mini-program, with order cards.',
  sendPolicy: accountPolicy(2),
  sources: [
    {
      title: 'Receiving messages and events',
      url: 'https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/customer-message/receive.html',
      read: READ,
    },
    {
      title: 'Sending customer-service messages',
      url: 'https://developers.weixin.qq.com/miniprogram/dev/api-backend/open-api/customer-message/customerServiceMessage.send.html',
      read: READ,
    },
    cryptoSource,
  ],
};

export const kfManifest: ChannelManifest = {
  ...ofVendor,
  channel: 'wecom_kf',
  title: 'WeCom customer service',
  description: 'WeChat customers who write to a customer service account of your company in WeCom.',
  settings: [
    {
      name: 'corpId',
      label: 'CorpID',
      help: 'Begins with ww; under My Company in the WeCom administration.',
      type: 'text',
      required: true,
    },
    {
      name: 'secret',
      label: 'Secret',
      help: 'Of the WeChat customer service application, or of the one that may call its API.',
      type: 'secret',
      required: true,
    },
    {
      name: 'openKfIds',
      label: 'Accounts',
      help: 'Ids (wk…) of the customer service accounts that this inbox serves, one a line; the first answers where none was written to.',
      type: 'list',
      required: true,
    },
    callbackSettings[0]!,
    { ...callbackSettings[1]!, help: 'The 43 characters of the callback configuration.', required: true },
    {
      name: 'welcomeText',
      label: 'Welcome',
      help: 'Sent to a customer who enters, where WeCom has no welcome of its own; left empty, none.',
      type: 'text',
      required: false,
    },
    {
      name: 'endsSession',
      label: 'End the session with the ticket',
      help: 'A reply that solves the ticket ends the session in WeCom: nothing more can be sent until the customer writes again.',
      type: 'boolean',
      required: false,
      default: false,
    },
    {
      name: 'endText',
      label: 'Word at the end',
      help: 'Sent when a session ends, by such a reply or by a colleague in WeCom; left empty, none.',
      type: 'text',
      required: false,
    },
    ...orderSettings,
    {
      name: 'noticeAgentId',
      label: 'Notices to colleagues: AgentId',
      help: 'Of a self-built application. It tells people who have no console open of tickets given to them, new messages of customers, and promises about to break. Each person needs their WeCom id under People.',
      type: 'text',
      required: false,
    },
    {
      name: 'noticeSecret',
      label: 'Notices to colleagues: Secret',
      help: 'Of the same application. Its visible range must include these people, its trusted IPs this installation.',
      type: 'secret',
      required: false,
    },
  ],
  sendPolicy: { windows: [AFTER_MESSAGE], templates: false, perSecond: UNNUMBERED },
  identityKind: 'external_userid',
  sources: [
    {
      title: 'Receiving messages and events',
      url: 'https://developer.work.weixin.qq.com/document/path/94670',
      read: READ,
    },
    {
      title: 'Sending messages',
      url: 'https://developer.work.weixin.qq.com/document/path/94677',
      read: READ,
    },
    {
      title: 'Who has a session, and changing it',
      url: 'https://developer.work.weixin.qq.com/document/path/94669',
      read: READ,
    },
    {
      title: 'Messages in answer to events',
      url: 'https://developer.work.weixin.qq.com/document/path/95122',
      read: READ,
    },
    {
      title: 'Application messages',
      url: 'https://developer.work.weixin.qq.com/document/path/90236',
      read: READ,
    },
    {
      title: 'Callback configuration',
      url: 'https://developer.work.weixin.qq.com/document/path/90930',
      read: READ,
    },
  ],
};
