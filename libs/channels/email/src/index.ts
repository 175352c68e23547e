import { type ChannelModule, noMedia } from '@tributary/channel-sdk';
import { fetchMail } from './fetch.js';
import { manifest } from './manifest.js';
import { parseMail } from './parse.js';
import { sendMail } from './send.js';
import { checkSettings, emailSettings } from './settings.js';

/** E-mail: IMAP or mail handed over by SMTP in, SMTP out. */
export const email: ChannelModule = {
  manifest,
  inbound: { kind: 'poll', fetch: fetchMail, parse: parseMail },
  send: sendMail,
  fetchMedia: noMedia,
  checkSettings,
  publicAddress: (inbox) => emailSettings(inbox).address || null,
};
