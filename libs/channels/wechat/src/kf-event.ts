import type { InboundEvent } from '@tributary/channel-sdk';
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

/** What happened around a conversation; `id` is the entry's own. */
export function kfEvent(message: Push, id: string): InboundEvent {
  const part = (name: string) => message[`event.${name}`] ?? '';
  const type = part('event_type').slice(0, 60);
  const account = part('open_kfid').slice(0, 100);
  const customer = part('external_userid').slice(0, 320);
  if (type === 'msg_send_fail') return sendFailed(id, account, part);
  // Colleagues who come and go, and whatever is not known: about no customer.
  const ignored: InboundEvent = { kind: 'ignored', providerEventId: id, reason: `event_${type}` };
  if (customer === '') return ignored;
  const from = { kind: 'external_userid', value: customer };
  const activity = (fields: Readonly<Record<string, string>>): InboundEvent => ({
    kind: 'activity',
    providerEventId: id,
    from,
    activity: type,
    fields: Object.fromEntries(
      Object.entries({ openKfId: account, ...fields }).flatMap(([name, value]) =>
        value === '' ? [] : [[name, value.slice(0, 2000)]],
      ),
    ),
  });
  switch (type) {
    // The code is good for one welcome within 20 seconds.
    case 'enter_session':
      return activity({
        scene: part('scene'),
        sceneParam: part('scene_param'),
        welcomeCode: part('welcome_code'),
      });
    case 'session_status_change':
      return activity({
        handOver: HAND_OVERS[part('change_type')] ?? part('change_type'),
        oldColleague: part('old_servicer_userid'),
        newColleague: part('new_servicer_userid'),
      });
    case 'user_recall_msg':
      return {
        kind: 'deleted',
        providerEventId: id,
        externalId: externalIdOf(account, part('recall_msgid').slice(0, 200)),
        from,
      };
    case 'reject_customer_msg_switch_change':
      return {
        kind: 'consent',
        providerEventId: id,
        from,
        consent: part('reject_switch') === '1' ? 'withdrawn' : 'given',
      };
    default:
      return ignored;
  }
}

function sendFailed(id: string, account: string, part: (name: string) => string): InboundEvent {
  const failed = part('fail_msgid').slice(0, 200);
  const sent = readKfMessageId(failed);
  const failType = part('fail_type');
  return {
    kind: 'receipt',
    providerEventId: id,
    externalId: externalIdOf(account, failed),
    ...(sent ? { sent: { messageId: sent.messageId, attempt: sent.attempt } } : {}),
    state: 'failed',
    detail: FAIL_TYPES[failType] ?? `for reason ${failType.slice(0, 20)}`,
  };
}
