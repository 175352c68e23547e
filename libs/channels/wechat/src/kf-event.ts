import type { InboundEvent } from '@tributary/channel-sdk';
import { cut, fieldsOf } from './content.js';
import { externalIdOf, readKfMessageId } from './kf-message-id.js';
import type { Push } from './push-body.js';

/** @see https://developer.work.weixin.qq.com/document/path/94670 */
const FAIL_TYPES: Readonly<Record<string, string>> = {
  '0': 'for an unknown reason',
  '1': 'the customer service account was deleted',
  '2': 'the application was closed',
  '4': 'the customer wrote more than 48 hours ago',
  '5': 'the session has ended',
  '6': 'more than 5 messages after one of the customer’s',
  '8': 'the company is not verified',
  '10': 'the customer refuses messages of this account',
};
/** Who has the conversation now. */
const HAND_OVERS: Readonly<Record<string, string>> = {
  '1': 'taken',
  '2': 'transferred',
  '3': 'ended',
  '4': 'reopened',
};

type Part = (name: string) => string;

/** What happened around a conversation; `id` is the entry's own. */
export function kfEvent(message: Push, id: string): InboundEvent {
  const part: Part = (name) => message[`event.${name}`] ?? '';
  const type = cut(part('event_type'), 60);
  const account = cut(part('open_kfid'), 100);
  const from = { kind: 'external_userid', value: cut(part('external_userid'), 320) };
  const about = { providerEventId: id, from };
  if (type === 'msg_send_fail') return sendFailed(id, account, part);
  // Colleagues who come and go, and whatever is not known: about no customer.
  if (from.value === '') return { kind: 'ignored', providerEventId: id, reason: `event_${type}` };
  switch (type) {
    case 'enter_session':
    case 'session_status_change':
      return {
        kind: 'activity',
        ...about,
        activity: type,
        fields: fieldsOf({ openKfId: account, ...told(type, part) }),
      };
    case 'user_recall_msg':
      return {
        kind: 'deleted',
        ...about,
        externalId: externalIdOf(account, cut(part('recall_msgid'), 200)),
      };
    case 'reject_customer_msg_switch_change':
      return {
        kind: 'consent',
        ...about,
        consent: part('reject_switch') === '1' ? 'withdrawn' : 'given',
      };
    default:
      return { kind: 'ignored', providerEventId: id, reason: `event_${type}` };
  }
}

function told(type: 'enter_session' | 'session_status_change', part: Part): Record<string, string> {
  const value: Part = (name) => cut(part(name), 2000);
  // The code is good for one welcome within 20 seconds.
  return type === 'enter_session'
    ? { scene: value('scene'), sceneParam: value('scene_param'), welcomeCode: value('welcome_code') }
    : {
        handOver: HAND_OVERS[part('change_type')] ?? value('change_type'),
        oldColleague: value('old_servicer_userid'),
        newColleague: value('new_servicer_userid'),
      };
}

function sendFailed(id: string, account: string, part: Part): InboundEvent {
  const failed = cut(part('fail_msgid'), 200);
  const sent = readKfMessageId(failed);
  const failType = part('fail_type');
  return {
    kind: 'receipt',
    providerEventId: id,
    externalId: externalIdOf(account, failed),
    ...(sent ? { sent: { messageId: sent.messageId, attempt: sent.attempt } } : {}),
    state: 'failed',
    detail: FAIL_TYPES[failType] ?? `for reason ${cut(failType, 20)}`,
  };
}
