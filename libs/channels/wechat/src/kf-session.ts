import { ChannelError } from '@tributary/channel-sdk';
import { kfMessageId } from './kf-message-id.js';
import { ProviderError } from './provider-errors.js';
import { type Answer, type Call, companyProvider, postJson } from './provider.js';
import { readPush } from './push-body.js';
import { textSetting } from './settings.js';

/** One customer's conversation with one customer service account. */
export interface KfSession {
  readonly openKfId: string;
  readonly customer: string;
}

/**
 * Who has the conversation. The API may write in the first two, and leads from each only to those after it.
 *
 * @see https://developer.work.weixin.qq.com/document/path/94669
 */
const STATE = { untouched: 0, assistant: 1, queued: 2, colleague: 3, ended: 4 } as const;
/** A welcome, and a word at the end, may be sent for so long after the event that brought their code. */
const CODE_MS = 20_000;

/**
 * Takes a session that nobody has, so that WeCom gives it to no colleague while we answer.
 *
 * @throws ChannelError saying who has it, when we must not write.
 */
export async function claimSession(session: KfSession, call: Call): Promise<void> {
  const { service_state: state, servicer_userid: colleague } = await stateOf(session, call);
  switch (state) {
    case STATE.untouched:
      await changeState(session, STATE.assistant, call);
      return;
    case STATE.queued:
      throw new ChannelError(
        'rejected_permanently',
        'the session waits in WeCom for a colleague: take it there, or end it there',
      );
    case STATE.colleague: {
      const who = typeof colleague === 'string' && colleague !== '' ? ` (${colleague})` : '';
      throw new ChannelError(
        'rejected_permanently',
        `a colleague has taken this session in WeCom${who}: write there, or end it there`,
      );
    }
    default:
      // The assistant's, or ended: by us perhaps, behind this very reply, and then the send finds that it was sent.
      return;
  }
}

/** What the vendor will not tell is found out by the send: not every application may ask for states. */
async function stateOf({ openKfId, customer }: KfSession, call: Call): Promise<Answer> {
  const body = { open_kfid: openKfId, external_userid: customer };
  return postJson(companyProvider, '/cgi-bin/kf/service_state/get', body, call).catch((error: unknown) => {
    if (error instanceof ProviderError && error.code !== 'unavailable' && error.code !== 'rate_limited') {
      return {};
    }
    throw notYetSent(error);
  });
}

/** Asking and claiming may be repeated: nothing reached the customer yet. */
function notYetSent(error: unknown): unknown {
  const isUnsure = error instanceof ChannelError && error.code === 'unknown_outcome';
  return isUnsure ? new ChannelError('unavailable', error.message, undefined, { cause: error }) : error;
}

async function changeState({ openKfId, customer }: KfSession, state: number, call: Call): Promise<Answer> {
  const body = { open_kfid: openKfId, external_userid: customer, service_state: state };
  return postJson(companyProvider, '/cgi-bin/kf/service_state/trans', body, call).catch((error: unknown) => {
    throw notYetSent(error);
  });
}

/**
 * Ends a session behind the reply that settled its ticket, with the inbox's word at the end. The reply is out: what fails
 * here fails nothing, and the vendor ends a session by itself after 48 hours.
 */
export async function endSession(session: KfSession, messageId: string, call: Call): Promise<void> {
  try {
    const { msg_code: code } = await changeState(session, STATE.ended, call);
    const text = textSetting(call.inbox, 'endText');
    if (typeof code !== 'string' || code === '' || text === '') return;
    await sendOnEvent(code, text, kfMessageId({ messageId, attempt: 0, part: 99 }), call);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
  }
}

/**
 * What an entry of a pull asks us to say at once: a welcome to who entered, a word to whom a colleague said good-bye.
 *
 * @returns the entry that tells when it could not be said; undefined when it was, or when there was nothing to say.
 */
export async function answerEvent(raw: Uint8Array, call: Call): Promise<Uint8Array | undefined> {
  const entry = readPush(raw) ?? {};
  const part = (name: string) => entry[`event.${name}`] ?? '';
  const [code, text] = sayingOf(part, call);
  const isLate = call.ports.now().getTime() - Number(entry['send_time'] ?? 0) * 1000 > CODE_MS;
  if (code === '' || text === '' || isLate) return undefined;
  try {
    await sendOnEvent(code, text, undefined, call);
    return undefined;
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const about = { external_userid: part('external_userid'), open_kfid: part('open_kfid') };
    return Buffer.from(
      JSON.stringify({
        ...{ msgid: `${entry['msgid'] ?? ''}:unanswered`, origin: 4, msgtype: 'event' },
        event: { event_type: `${part('event_type')}_unanswered`, ...about, reason: error.message },
      }),
    );
  }
}

function sayingOf(part: (name: string) => string, { inbox }: Call): readonly [code: string, text: string] {
  if (part('event_type') === 'enter_session')
    return [part('welcome_code'), textSetting(inbox, 'welcomeText')];
  const hasEnded = part('event_type') === 'session_status_change' && part('change_type') === '3';
  return hasEnded ? [part('msg_code'), textSetting(inbox, 'endText')] : ['', ''];
}

/** A code is good for one message, so a repeat after a lost connection shows nothing twice. */
async function sendOnEvent(code: string, text: string, msgid: string | undefined, call: Call): Promise<void> {
  await postJson(
    companyProvider,
    '/cgi-bin/kf/send_msg_on_event',
    { code, ...(msgid === undefined ? {} : { msgid }), msgtype: 'text', text: { content: text } },
    call,
  );
}
