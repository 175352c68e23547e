import type { ChannelInbox, InboundEvent, PollItem } from '@tributary/channel-sdk';
import { type Content, cut, fieldsOf, hashOf, lines, locationText, mediaOf } from './content.js';
import { kfEvent } from './kf-event.js';
import { externalIdOf } from './kf-message-id.js';
import { findOrderNumber } from './order-number.js';
import { type Push, readPush } from './push-body.js';
import { orderRules } from './settings.js';
import { UNNAMED_FILE } from './temporary-media.js';

/** Who wrote it, as the vendor numbers it. */
const ORIGIN = { customer: '3', system: '4', colleague: '5' } as const;

/** One entry of `msg_list`. Names are not in it: the customer is the `external_userid` until somebody looks it up. */
export async function parseKfItem(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]> {
  const message = readPush(item.raw);
  // The item's id stands where a message has none; whatever it is, it must fit an id's column.
  const id = item.id.length > 200 ? hashOf(item.id) : item.id || hashOf(item.raw);
  const unreadable = (reason: string, detail: string): readonly InboundEvent[] => [
    { kind: 'unreadable', providerEventId: id, reason, detail },
  ];
  if (message === null) return unreadable('BROKEN_BODY', 'the message is no JSON object');
  const { msgtype: type = '', origin, external_userid: customer = '', open_kfid: account = '' } = message;
  if (type === 'event') return [kfEvent(message, id)];
  if (origin === ORIGIN.colleague) {
    return [{ kind: 'ignored', providerEventId: id, reason: 'written_in_wecom' }];
  }
  if (customer === '' || customer.length > 320 || account === '') {
    return unreadable('NO_SENDER', 'the message names no customer or no account');
  }
  const content = readContent(type, message, inbox);
  if (content === null) {
    return unreadable('UNKNOWN_TYPE', `messages of type ${JSON.stringify(cut(type, 60))} are not known`);
  }
  if (content.text === '' && !content.media?.length) {
    return unreadable('EMPTY_MESSAGE', `a message of type ${type} without its content`);
  }
  return [
    {
      kind: 'message',
      providerEventId: id,
      externalId: externalIdOf(cut(account, 100), id),
      from: { kind: 'external_userid', value: customer },
      to: cut(account, 320),
      thread: { tokens: [], references: [], ticketNumbers: [] },
      text: content.text,
      files: [],
      media: content.media ?? [],
      automatic: origin === ORIGIN.system,
      fields: fieldsOf({ openKfId: account, ...content.fields }),
    },
  ];
}

/** @see https://developer.work.weixin.qq.com/document/path/94670 */
function readContent(type: string, message: Push, inbox: ChannelInbox): Content | null {
  const part = (name: string) => message[`${type}.${name}`] ?? '';
  switch (type) {
    case 'text':
      return { text: part('content'), fields: { menuId: part('menu_id') } };
    case 'image':
      return { text: '', media: mediaOf(part('media_id'), 'image.jpg', 'image/jpeg') };
    case 'voice':
      return { text: '', media: mediaOf(part('media_id'), 'voice.amr', 'audio/amr') };
    case 'video':
      return { text: '', media: mediaOf(part('media_id'), 'video.mp4', 'video/mp4') };
    case 'file':
      return { text: '', media: mediaOf(part('media_id'), UNNAMED_FILE, 'application/octet-stream') };
    case 'location':
      return {
        text: locationText(lines(part('name'), part('address')), part('latitude'), part('longitude')),
      };
    case 'link':
      return { text: lines(part('title'), part('desc'), part('url')) };
    case 'business_card':
      return { text: part('userid') };
    case 'channels':
      return { text: lines(part('nickname'), part('title')) };
    case 'merged_msg':
      return { text: lines(part('title'), ...mergedTexts(message)) };
    case 'miniprogram':
    case 'channels_shop_product':
    case 'channels_shop_order':
      return { text: cardText(type, part), ...cardOf(type, part, inbox) };
    default:
      return null;
  }
}

function cardText(type: string, part: (name: string) => string): string {
  if (type === 'miniprogram') return lines(part('title'), part('pagepath'));
  if (type === 'channels_shop_product')
    return lines(part('title'), part('sales_price'), part('shop_nickname'));
  return lines(
    part('order_id'),
    part('product_titles'),
    part('price_wording'),
    part('state'),
    part('shop_nickname'),
  );
}

function cardOf(type: string, part: (name: string) => string, inbox: ChannelInbox): Omit<Content, 'text'> {
  if (type === 'channels_shop_order') return { fields: { order: part('order_id') } };
  if (type === 'channels_shop_product') return { fields: { productId: part('product_id') } };
  return {
    media: mediaOf(part('thumb_media_id'), 'card.jpg', 'image/jpeg'),
    fields: {
      pagePath: part('pagepath'),
      cardAppId: part('appid'),
      order: findOrderNumber(part('pagepath'), part('title'), orderRules(inbox)),
    },
  };
}

/** A forwarded conversation: each item's content is JSON in a string; what has no text shows its kind. */
function mergedTexts(message: Push): string[] {
  const texts: string[] = [];
  for (let at = 0; message[`merged_msg.item.${at}.msgtype`] !== undefined; at++) {
    const item = (name: string) => message[`merged_msg.item.${at}.${name}`] ?? '';
    const said = readPush(item('msg_content'))?.['text.content'];
    texts.push(`${item('sender_name')}: ${said ?? `[${item('msgtype')}]`}`);
  }
  return texts;
}
