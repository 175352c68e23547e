import type { ChannelModule } from '@tributary/channel-sdk';
import { smsManifest, whatsappManifest } from './manifest.js';
import { fetchFile } from './media.js';
import { parserOf } from './parse.js';
import { senderOf } from './send.js';
import { checkSmsSettings, checkWhatsappSettings } from './settings.js';
import { answerCall, verifyCall } from './webhook.js';

/** Texts and pictures to a phone number. */
export const sms: ChannelModule = {
  manifest: smsManifest,
  inbound: { kind: 'webhook', verify: verifyCall, answer: answerCall, parse: parserOf('sms') },
  send: senderOf('sms'),
  fetchMedia: fetchFile,
  checkSettings: checkSmsSettings,
  publicAddress: (inbox) => `/hooks/sms/${inbox.id}`,
};

/** WhatsApp as Twilio hands it on. */
export const whatsapp: ChannelModule = {
  manifest: whatsappManifest,
  inbound: { kind: 'webhook', verify: verifyCall, answer: answerCall, parse: parserOf('whatsapp') },
  send: senderOf('whatsapp'),
  fetchMedia: fetchFile,
  checkSettings: checkWhatsappSettings,
  publicAddress: (inbox) => `/hooks/whatsapp/${inbox.id}`,
};
