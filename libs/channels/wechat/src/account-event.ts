import type { InboundEvent } from '@tributary/channel-sdk';
import type { Push } from './push-body.js';

/** What a customer did, by the vendor's name for it; after these we may write for a minute. */
const ACTIVITIES: ReadonlySet<string> = new Set([
  ...['SCAN', 'CLICK', 'VIEW', 'LOCATION', 'view_miniprogram', 'user_enter_tempsession'],
  ...[
    'scancode_push',
    'scancode_waitmsg',
    'pic_sysphoto',
    'pic_photo_or_album',
    'pic_weixin',
    'location_select',
  ],
]);
/** Fields of events that tell an agent where the customer comes from. */
const TOLD_FIELDS: readonly (readonly [string, string])[] = [
  ['EventKey', 'eventKey'],
  ['SessionFrom', 'sessionFrom'],
  ['Latitude', 'latitude'],
  ['Longitude', 'longitude'],
  ['ScanCodeInfo.ScanResult', 'scanResult'],
  ['SendLocationInfo.Label', 'location'],
];

/**
 * An event of an Official Account or a mini-program. Events have no id: the vendor advises FromUserName and CreateTime,
 * and as two can fall into one second, the name of the event stands beside them.
 */
export function accountEvent(push: Push): InboundEvent {
  const { FromUserName: openid = '', CreateTime = '', Event = '' } = push;
  const name = Event.slice(0, 60);
  const providerEventId = `${openid}:${CreateTime.slice(0, 20)}:${name}`;
  const from = { kind: 'openid', value: openid };
  if (name === 'subscribe') return { kind: 'consent', providerEventId, from, consent: 'given' };
  if (name === 'unsubscribe') return { kind: 'consent', providerEventId, from, consent: 'withdrawn' };
  if (ACTIVITIES.has(name)) {
    return { kind: 'activity', providerEventId, from, activity: name, fields: toldFields(push) };
  }
  // Reports on templates and mass messages, which we do not send, hand-overs of the vendor's own desk, and what is new.
  return { kind: 'ignored', providerEventId, reason: name === '' ? 'event' : `event_${name}` };
}

function toldFields(push: Push): Readonly<Record<string, string>> {
  return Object.fromEntries(
    TOLD_FIELDS.flatMap(([name, field]) => (push[name] ? [[field, push[name].slice(0, 2000)]] : [])),
  );
}
