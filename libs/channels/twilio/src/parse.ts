import { createHash } from 'node:crypto';
import type { ChannelInbox, InboundEvent, MediaReference, WebhookRequest } from '@tributary/channel-sdk';
import type { SenderDto } from '@tributary/contracts';
import { isPhoneNumber, type Medium, mediumOf, senderAt, withoutPrefix } from './address.js';
import { optOutOf } from './opt-out.js';
import { cut, isForm, type Parameters, parametersOf } from './parameters.js';
import { twilioSettings } from './settings.js';
import { parseStatus } from './status.js';

/**
 * What a call means; a message by its MessageSid, which is the same in every delivery.
 * https://www.twilio.com/docs/messaging/guides/webhook-request, read 2026-11-24.
 */
export function parserOf(medium: Medium) {
  return async (request: WebhookRequest, inbox: ChannelInbox): Promise<readonly InboundEvent[]> => {
    const given: Parameters = isForm(request) ? parametersOf(request) : new Map();
    const sid = given.get('MessageSid') ?? given.get('SmsSid') ?? '';
    if (!/^\w{1,64}$/.test(sid)) {
      const hash = createHash('sha256').update(request.body).digest('hex');
      return [unreadable(`sha256:${hash}`, 'NO_MESSAGE', 'the call names no message')];
    }
    const status = given.get('MessageStatus');
    if (status !== undefined) return parseStatus(sid, status, given, request.query, medium);
    const from = given.get('From') ?? '';
    if (withoutPrefix(from) === '') return [unreadable(sid, 'NO_SENDER', 'the message names no sender')];
    if (mediumOf(from) !== medium) {
      const detail = `a message of ${mediumOf(from)} came to an inbox of ${medium}: change its address at Twilio`;
      return [unreadable(sid, 'OTHER_MEDIUM', cut(detail, 2000))];
    }
    return parseMessage(sid, given, medium, inbox);
  };
}

/** A message by what a call says of it. */
export function parseMessage(
  sid: string,
  given: Parameters,
  medium: Medium,
  inbox: ChannelInbox,
): readonly InboundEvent[] {
  const address = cut(given.get('From')!, 320);
  const name = cut(given.get('ProfileName')?.trim() ?? '', 200);
  const from = senderAt(medium, address, given.get('ExternalUserId'), name);
  const media = mediaOf(given);
  const text = textOf(given);
  // Twilio acts on words by itself in texts alone; elsewhere the account has to ask for it.
  const words = medium === 'sms' && media.length === 0 && !twilioSettings(inbox).advancedOptOut;
  const optOut = optOutOf(given.get('OptOutType'), text, words);
  const consent: readonly InboundEvent[] = optOut
    ? [{ kind: 'consent', providerEventId: `${sid}:consent`, from, consent: optOut.consent }]
    : [];
  if (optOut && !optOut.isMessage) return consent;
  if (text.trim() === '' && media.length === 0) {
    const detail = `there is neither text nor a file (${given.get('MessageType') ?? 'of no type'})`;
    return [...consent, unreadable(sid, 'EMPTY_MESSAGE', cut(detail, 2000))];
  }
  const answered = given.get('OriginalRepliedMessageSid');
  const to = withoutPrefix(given.get('To') ?? '');
  return [
    ...consent,
    {
      kind: 'message',
      providerEventId: sid,
      externalId: sid,
      from,
      ...(to === '' ? {} : { to: cut(to, 320) }),
      thread: { tokens: [], references: answered ? [cut(answered, 998)] : [], ticketNumbers: [] },
      text,
      files: [],
      ...(media.length === 0 ? {} : { media }),
      automatic: from.kind === 'sender_id',
      fields: { ...fieldsOf(given), ...phoneOf(withoutPrefix(address), from) },
    },
  ];
}

/** The text, or the place that the customer shared: its name, its address and where it lies (RFC 5870). */
function textOf(given: Parameters): string {
  const [latitude, longitude] = [given.get('Latitude'), given.get('Longitude')];
  const place = latitude && longitude ? `geo:${latitude},${longitude}` : undefined;
  const said = (given.get('Body') ?? given.get('ButtonText') ?? '').replaceAll('\r\n', '\n');
  const lines = place ? [said, given.get('Label'), given.get('Address'), place] : [said];
  return lines.filter(Boolean).join('\n');
}

function mediaOf(given: Parameters): MediaReference[] {
  const count = Math.min(Number.parseInt(given.get('NumMedia') ?? '0', 10) || 0, 100);
  const media = new Map<string, MediaReference>();
  for (let at = 0; at < count; at += 1) {
    const id = given.get(`MediaUrl${at}`);
    const contentType = mediaType(given.get(`MediaContentType${at}`));
    if (id) media.set(id, { id, name: nameOf(id, at, contentType), contentType, disposition: 'attachment' });
  }
  return [...media.values()];
}

function mediaType(given: string | undefined): string {
  const type = (given ?? '').split(';')[0]!.trim().toLowerCase();
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type : 'application/octet-stream';
}

/** Twilio hands on no file names. */
function nameOf(url: string, at: number, contentType: string): string {
  const sid = /\/Media\/(\w{1,64})$/.exec(url)?.[1] ?? `file-${at + 1}`;
  return `${sid}.${EXTENSIONS[contentType] ?? /\/(?:x-)?(\w{2,4})$/.exec(contentType)?.[1] ?? 'bin'}`;
}

/** Where the subtype is not what a file of the type is called. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/octet-stream': 'bin',
  'audio/mpeg': 'mp3',
  'image/jpeg': 'jpg',
  'text/plain': 'txt',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
  'video/quicktime': 'mov',
};

/** What comes with a message beside its text; the advertisement that a WhatsApp conversation began with, for one. */
const FIELDS: Readonly<Record<string, string>> = {
  ButtonPayload: 'buttonPayload',
  ReferralSourceType: 'referralType',
  ReferralSourceId: 'referralId',
  ReferralSourceUrl: 'referralUrl',
  ReferralHeadline: 'referralHeadline',
  ReferralBody: 'referralText',
  ReferralCtwaClid: 'referralClick',
};

function fieldsOf(given: Parameters): Record<string, string> {
  const found = Object.entries(FIELDS).flatMap(([parameter, field]) => {
    const value = given.get(parameter);
    return value ? [[field, cut(value, 2000)]] : [];
  });
  const country = given.get('FromCountry')?.toLowerCase() ?? '';
  return {
    ...(Object.fromEntries(found) as Record<string, string>),
    ...(/^[a-z]{2}$/.test(country) ? { region: country } : {}),
  };
}

/** The number, where the sender is known by something else. */
function phoneOf(address: string, { kind }: SenderDto): { readonly phone?: string } {
  return kind !== 'phone' && isPhoneNumber(address) ? { phone: address } : {};
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
