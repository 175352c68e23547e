import { ALWAYS_OPEN, type ChannelManifest, type ChannelModule, hookPath } from '@tributary/channel-sdk';
import type { SettingField } from '@tributary/contracts';
import { isPhoneNumber } from '../address.js';
import { LARGEST_OUT, LONGEST_TEXT } from '../manifest.js';
import { senderOf } from '../send.js';
import { ACCOUNT, checkAccount, twilioSettings } from '../settings.js';
import { RETRIES } from '../status.js';
import { verifyCall } from '../webhook.js';
import { answerTurn } from './answer.js';
import { connectCaller, fetchCalls, fetchRecording, parseRecord } from './calls-api.js';
import { definitionFaults, FIRST_DEFINITION } from './definition.js';
import { parseCall } from './parse-call.js';

const SETTINGS: readonly SettingField[] = [
  ...ACCOUNT,
  {
    name: 'sender',
    label: 'Phone number',
    help: 'Your number with the country code (+14155550100). Replies leave it as texts.',
    type: 'text',
    required: true,
  },
  {
    name: 'definition',
    label: 'What callers go through',
    help: 'JSON: greeting by language, menu, hours, queue, dial. The guide of the channel says what each means.',
    type: 'document',
    required: true,
    default: FIRST_DEFINITION,
  },
];

const manifest: ChannelManifest = {
  channel: 'voice',
  title: 'Phone (Twilio)',
  description: 'Calls to a phone number of yours at Twilio: menu, queue, voicemail, callback, transfer.',
  host: 'voice-ingest',
  settings: SETTINGS,
  // Answers leave as text messages.
  capabilities: { attachments: true, maxTextLength: LONGEST_TEXT, maxAttachmentBytes: LARGEST_OUT.sms },
  sendPolicy: ALWAYS_OPEN,
  verification: 'published_vectors',
  answerWithinMs: 15_000,
  identityKind: 'phone',
  sources: [
    ['Security: how calls are signed', 'https://www.twilio.com/docs/usage/security'],
    ['What a request about a call carries', 'https://www.twilio.com/docs/voice/twiml#request-parameters'],
    ['TwiML', 'https://www.twilio.com/docs/voice/twiml'],
    ['Calls: the resource, its statuses', 'https://www.twilio.com/docs/voice/api/call-resource'],
    ['Recordings', 'https://www.twilio.com/docs/voice/api/recording'],
    ['Retries', 'https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides'],
  ].map(([title, url]) => ({ title: title!, url: url!, read: '2026-11-24' })),
};

/** People who call a phone number. */
export const voice: ChannelModule = {
  manifest,
  inbound: {
    kind: 'call',
    verify: verifyCall,
    answer: answerTurn,
    parse: parseCall,
    catchUp: { fetch: fetchCalls, parse: parseRecord },
    connect: connectCaller,
  },
  send: senderOf('sms'),
  fetchMedia: fetchRecording,
  checkSettings(settings) {
    const { sender } = twilioSettings({ id: '', name: '', settings });
    const faults = [...checkAccount(settings)];
    if (sender === undefined || !isPhoneNumber(sender)) {
      faults.push({ field: 'sender', message: 'Write the number with + and the country code.' });
    }
    const [fault] = definitionFaults(settings['definition']);
    return fault === undefined ? faults : [...faults, { field: 'definition', message: fault }];
  },
  publicAddress: (inbox) => `${hookPath(inbox)}#${RETRIES}`,
};
