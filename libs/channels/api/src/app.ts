import {
  beginningOf,
  type ChannelModule,
  type FormSubmission,
  type InboundEvent,
  keptReply,
  noMedia,
  type Send,
  type SettingsFault,
  storableText,
} from '@tributary/channel-sdk';
import { appManifest } from './app-manifest.js';
import { postReply } from './callback.js';
import { apiSettings, checkCallback } from './settings.js';

/** What the host knows of the user and the app's own id of the message, beside the message itself. */
const HOST_FIELDS = new Set(['user', 'clientId', 'name', 'text', 'language']);
/** As long as a key's hash (RFC 7518, 3.2). */
const SHORTEST_SECRET = 32;

/** A submission as one message of the user whom the company's backend has signed for. */
async function parseSubmission({
  id,
  fields: given,
  files,
}: FormSubmission): Promise<readonly InboundEvent[]> {
  const fields: FormSubmission['fields'] = Object.fromEntries(
    Object.entries(given).map(([field, value]) => [field, storableText(value)]),
  );
  const user = fields.user ?? '';
  if (user.trim() === '' || user.length > 200)
    return [unreadable(id, 'NO_SENDER', 'the message is of no user')];
  const text = (fields.text ?? '').replaceAll('\r\n', '\n');
  if (text.trim() === '' && files.length === 0) {
    return [unreadable(id, 'EMPTY_MESSAGE', 'there is neither text nor a file')];
  }
  const name = beginningOf(fields.name?.trim() ?? '', 200);
  return [
    {
      kind: 'message',
      providerEventId: id,
      externalId: fields.clientId || id,
      from: { kind: 'user', value: user, verified: true, ...(name === '' ? {} : { name }) },
      thread: { tokens: [], references: [], ticketNumbers: [] },
      text,
      files,
      automatic: false,
      ...(fields.language ? { language: beginningOf(fields.language, 35) } : {}),
      fields: Object.fromEntries(
        Object.entries(fields).filter(([field, value]) => !HOST_FIELDS.has(field) && value !== ''),
      ),
    },
  ];
}

/** The app reads the reply from where it is stored; the callback wakes it, by way of the company's push service. */
const keepAndWake: Send = async (delivery, inbox, ports, signal) => {
  const receipt = keptReply(delivery, appManifest, 'sent');
  const settings = apiSettings(inbox);
  // The callback's id is not the message's: the app reports on messages by ours.
  if (settings.callbackUrl !== undefined) await postReply(delivery, inbox, settings, ports, signal);
  return receipt;
};

function checkSettings(settings: Readonly<Record<string, unknown>>): readonly SettingsFault[] {
  const { tokenSecret, secret, callbackUrl } = settings;
  const faults = [...checkCallback(settings)];
  if (typeof tokenSecret !== 'string' || tokenSecret.trim().length < SHORTEST_SECRET) {
    faults.push({ field: 'tokenSecret', message: `A secret has ${SHORTEST_SECRET} characters or more.` });
  }
  if (callbackUrl && !secret) {
    faults.push({ field: 'secret', message: 'Callbacks need a secret to be signed with.' });
  }
  return faults;
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}

/** The company's app: the doors of the customers' chat, for users whom its backend vouches for. */
export const app: ChannelModule = {
  manifest: appManifest,
  inbound: { kind: 'form', parse: parseSubmission },
  send: keepAndWake,
  fetchMedia: noMedia,
  checkSettings,
  publicAddress: (inbox) => `/chat/${inbox.id}`,
};
