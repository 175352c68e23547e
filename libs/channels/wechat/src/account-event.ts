import type { InboundEvent } from '@tributary/channel-sdk';
import { cut } from './content.js';
import type { Push } from './push-body.js';

/**
 * What a customer did after which the vendor lets us write for a minute. Other taps and sights (`VIEW`, `LOCATION`,
 * pictures and places picked in a menu) open nothing there, so they must not here.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
 */
const ACTIVITIES: ReadonlySet<string> = new Set([
  ...['SCAN', 'CLICK', 'scancode_push', 'scancode_waitmsg', 'user_enter_tempsession'],
]);
/** Fields of events that tell an agent where the customer comes from. */
const TOLD_FIELDS: readonly (readonly [string, string])[] = [
  ['EventKey', 'eventKey'],
  ['SessionFrom', 'sessionFrom'],
  ['ScanCodeInfo.ScanResult', 'scanResult'],
];

/**
 * An event of an Official Account or a mini-program. Events have no id: the vendor advises FromUserName and CreateTime,
 * and as two can fall into one second, the name of the event stands beside them.
 */
export function accountEvent(push: Push): InboundEvent {
  const { FromUserName: openid = '', CreateTime = '', Event = '' } = push;
  const name = cut(Event, 60);
  const providerEventId = `${openid}:${cut(CreateTime, 20)}:${name}`;
  const from = { kind: 'openid', value: openid };
  if (name === 'subscribe') return { kind: 'consent', providerEventId, from, consent: 'given' };
  if (name === 'unsubscribe') return { kind: 'consent', providerEventId, from, consent: 'withdrawn' };
  if (ACTIVITIES.has(name)) {
    return { kind: 'activity', providerEventId, from, activity: name, fields: toldFields(push) };
  }
  // Also reports on templates and mass messages, which we do not send, hand-overs of the vendor's own desk, what is new.
  return { kind: 'ignored', providerEventId, reason: name === '' ? 'event' : `event_${name}` };
}

function toldFields(push: Push): Readonly<Record<string, string>> {
  return Object.fromEntries(
    TOLD_FIELDS.flatMap(([name, field]) => (push[name] ? [[field, cut(push[name], 2000)]] : [])),
  );
}
