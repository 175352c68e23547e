import { type ChannelModule, type ChannelInbox, hookPath } from '@tributary/channel-sdk';
import { smsManifest, whatsappManifest } from './manifest.js';
import { fetchFile } from './media.js';
import { missedMessages } from './missed-messages.js';
import { parserOf } from './parse.js';
import { senderOf } from './send.js';
import { checkSmsSettings, checkWhatsappSettings } from './settings.js';
import { RETRIES } from './status.js';
import { listTemplates } from './templates.js';
import { answerCall, verifyCall } from './webhook.js';

/** Texts and pictures to a phone number. */
export const sms: ChannelModule = {
  manifest: smsManifest,
  inbound: {
    ...{ kind: 'webhook', verify: verifyCall, answer: answerCall, parse: parserOf('sms') },
    catchUp: missedMessages('sms'),
  },
  send: senderOf('sms'),
  fetchMedia: fetchFile,
  checkSettings: checkSmsSettings,
  publicAddress: addressToPaste,
};

/** WhatsApp as Twilio hands it on. */
export const whatsapp: ChannelModule = {
  manifest: whatsappManifest,
  inbound: {
    ...{ kind: 'webhook', verify: verifyCall, answer: answerCall, parse: parserOf('whatsapp') },
    catchUp: missedMessages('whatsapp'),
  },
  send: senderOf('whatsapp'),
  fetchMedia: fetchFile,
  templates: listTemplates,
  checkSettings: checkWhatsappSettings,
  publicAddress: addressToPaste,
};

/** With what makes Twilio call again, up to three times within 15 seconds, when we could not take a message. */
function addressToPaste(inbox: ChannelInbox): string {
  return `${hookPath(inbox)}#${RETRIES}`;
}

export { voice } from './voice/voice.js';
