import {
  ChannelError,
  type ChannelPorts,
  type OutboundDelivery,
  type Send,
  sendParts,
} from '@tributary/channel-sdk';
import { addressAt, isReachable, type Medium } from './address.js';
import { authorization, jsonOf, messagesUrl, post } from './api.js';
import { LARGEST_OUT, LONGEST_TEXT, MOST_FILES } from './manifest.js';
import { type TwilioSettings, twilioSettings } from './settings.js';
import { reportAddress } from './status.js';
import { twilioError } from './twilio-errors.js';

/** How far Twilio's clock, which tells whole seconds, may stand behind ours; an equal text before that is another. */
const CLOCK_SKEW_MS = 2000;

/** What one message of Twilio's says, beside whose it is. */
interface Content {
  readonly text: string;
  readonly media: readonly string[];
  /** In place of the text, which is what it comes to. */
  readonly template?: OutboundDelivery['template'];
}

/**
 * Sends one reply: an MMS with all its files, or on WhatsApp, which takes one file a message, the text and then each
 * file. Twilio knows no idempotency key, so after a call whose end we did not see its list of messages is asked whether
 * it has the text: what it has is not sent again.
 */
export function senderOf(medium: Medium): Send {
  return async (delivery, inbox, ports, signal) => {
    const settings = twilioSettings(inbox);
    checkLimits(delivery, medium);
    const contents = contentsOf(delivery, medium, ports);
    if (signal.aborted) throw new ChannelError('unavailable', 'Sending was stopped before it began.');
    return sendParts(contents, (content) => {
      const form = formOf(content, delivery, medium, settings, ports);
      return sendOne(form, content.text, settings, ports, signal);
    });
  };
}

async function sendOne(
  form: URLSearchParams,
  text: string,
  settings: TwilioSettings,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<string> {
  const begun = ports.now().getTime();
  try {
    const answer = await post(settings, form, ports, signal);
    const { sid, code, message } = jsonOf(answer);
    if (answer.status < 300 && typeof sid === 'string') return sid;
    const said = typeof message === 'string' ? message : undefined;
    const status = answer.status < 300 ? 502 : answer.status;
    throw twilioError(status, Number(code ?? Number.NaN), said, answer.headers['retry-after']);
  } catch (error) {
    if (!(error instanceof ChannelError) || error.code !== 'unknown_outcome' || signal.aborted) throw error;
    const found = await findSent(form, text, begun, settings, ports, signal);
    if (found === undefined) throw error;
    return found;
  }
}

function checkLimits({ to, text, files, template }: OutboundDelivery, medium: Medium): void {
  if (text.length > LONGEST_TEXT) {
    throw new ChannelError('unsupported', `A message has at most ${LONGEST_TEXT} characters.`);
  }
  if (text.trim() === '' && files.length === 0) {
    throw new ChannelError('unsupported', 'There is nothing to send.');
  }
  const bytes = files.reduce((sum, { content }) => sum + content.byteLength, 0);
  if (bytes > LARGEST_OUT[medium]) {
    const most = LARGEST_OUT[medium] / 1_000_000;
    throw new ChannelError('unsupported', `The files have more than ${most} MB together.`);
  }
  if (medium === 'sms' && files.length > MOST_FILES) {
    throw new ChannelError('unsupported', `A message has at most ${MOST_FILES} files.`);
  }
  if (template !== undefined && (medium === 'sms' || files.length > 0)) {
    throw new ChannelError('unsupported', 'Templates are of WhatsApp, and go without files.');
  }
  if (!isReachable(medium, to)) {
    throw new ChannelError('rejected_permanently', 'The customer’s address cannot be written to.');
  }
}

function contentsOf(
  { text, files, template }: OutboundDelivery,
  medium: Medium,
  ports: ChannelPorts,
): Content[] {
  const media = files.map((file) => {
    if (ports.fileLink === undefined) {
      throw new ChannelError(
        'unsupported',
        'Twilio fetches files from us, and this installation has no public https address.',
      );
    }
    return ports.fileLink(file);
  });
  if (template !== undefined) return [{ text, media: [], template }];
  if (medium === 'sms') return [{ text, media }];
  const texts = text.trim() === '' ? [] : [{ text, media: [] }];
  return [...texts, ...media.map((url) => ({ text: '', media: [url] }))];
}

function formOf(
  { text, media, template }: Content,
  { to, messageId, attempt }: OutboundDelivery,
  medium: Medium,
  { sender, messagingServiceSid }: TwilioSettings,
  { hookUrl }: ChannelPorts,
): URLSearchParams {
  const form = new URLSearchParams({ To: addressAt(medium, to.value) });
  if (template !== undefined) {
    form.set('ContentSid', template.id);
    form.set('ContentVariables', JSON.stringify(template.variables));
  } else if (text !== '') form.set('Body', text);
  for (const url of media) form.append('MediaUrl', url);
  if (messagingServiceSid) form.set('MessagingServiceSid', messagingServiceSid);
  // Beside the service it says which of its numbers is meant: the one that the customer knows.
  if (sender) form.set('From', addressAt(medium, sender));
  if (hookUrl) form.set('StatusCallback', reportAddress(hookUrl, messageId, attempt));
  return form;
}

/** @returns undefined when Twilio has no such message, or cannot say. */
async function findSent(
  form: URLSearchParams,
  text: string,
  begun: number,
  settings: TwilioSettings,
  { http }: ChannelPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  // A file alone looks like any other.
  if (text === '') return undefined;
  const query = new URLSearchParams({ To: form.get('To')!, PageSize: '20' });
  const headers = { authorization: authorization(settings), accept: 'application/json' };
  const url = `${messagesUrl(settings)}?${query.toString()}`;
  const answer = await http.request({ method: 'GET', url, headers }, signal).catch(() => undefined);
  const listed = answer?.status === 200 ? jsonOf(answer)['messages'] : [];
  const sent = (Array.isArray(listed) ? listed : []).find(
    ({ body, direction, date_created: created }: Record<string, unknown>) =>
      body === text &&
      String(direction).startsWith('outbound') &&
      Date.parse(String(created)) >= begun - CLOCK_SKEW_MS,
  ) as { readonly sid?: unknown } | undefined;
  return typeof sent?.sid === 'string' ? sent.sid : undefined;
}
