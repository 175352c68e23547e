import type { ChannelInbox, InboundEvent, MediaReference, WebhookRequest } from '@tributary/channel-sdk';
import { accountEvent } from './account-event.js';
import { openCallback } from './callback.js';
import { type Content, cut, fieldsOf, hashOf, lines, locationText, mediaOf } from './content.js';
import { findOrderNumber } from './order-number.js';
import { type Push, readPush } from './push-body.js';
import { accountKeys, orderRules } from './settings.js';

/** Of an Official Account or a mini-program: one push is one event. */
export async function parseAccountPush(
  request: WebhookRequest,
  inbox: ChannelInbox,
): Promise<readonly InboundEvent[]> {
  const opened = openCallback(request, accountKeys(inbox));
  switch (opened.kind) {
    case 'echo':
      return [
        {
          kind: 'ignored',
          providerEventId: `echo:${hashOf(JSON.stringify(request.query))}`,
          reason: 'address_check',
        },
      ];
    case 'refused':
      return [unreadable(request.body, opened.code, 'the callback is not signed by this account')];
    case 'push': {
      const push = readPush(opened.body);
      return [
        push === null
          ? unreadable(opened.body, 'BROKEN_BODY', 'the push is neither XML without a document type nor JSON')
          : readEvent(push, opened.body, inbox),
      ];
    }
  }
}

function readEvent(push: Push, body: Uint8Array, inbox: ChannelInbox): InboundEvent {
  const { FromUserName: openid = '', MsgType: type = '', MsgId: id = '' } = push;
  if (openid === '' || openid.length > 320) {
    return unreadable(body, 'NO_SENDER', 'the push names no customer');
  }
  if (type === 'event') return accountEvent(push);
  const content = readContent(type, push, inbox);
  if (content === null) {
    return unreadable(
      body,
      'UNKNOWN_TYPE',
      `messages of type ${JSON.stringify(cut(type, 60))} are not known`,
    );
  }
  if (content.text === '' && !content.media?.length) {
    return unreadable(body, 'EMPTY_MESSAGE', `a message of type ${type} without its content`);
  }
  const externalId = id === '' ? hashOf(body) : cut(id, 100);
  return {
    kind: 'message',
    providerEventId: externalId,
    externalId,
    from: { kind: 'openid', value: openid },
    thread: { tokens: [], references: [], ticketNumbers: [] },
    text: content.text,
    files: [],
    media: content.media ?? [],
    automatic: false,
    fields: fieldsOf(content.fields),
  };
}

/** The message types of both accounts, as the vendor documents them; `file` came without a page of its own. */
function readContent(type: string, push: Push, inbox: ChannelInbox): Content | null {
  const { Title = '', Description = '', Url = '' } = push;
  switch (type) {
    case 'text':
      return {
        text: push['Content'] ?? '',
        fields: { menuId: push['bizmsgmenuid'] },
      };
    case 'image':
      return { text: '', media: mediaOf(push['MediaId'], 'image.jpg', 'image/jpeg') };
    case 'voice':
      return { text: push['Recognition'] ?? '', media: voiceOf(push) };
    case 'video':
    case 'shortvideo':
      return { text: '', media: mediaOf(push['MediaId'], 'video.mp4', 'video/mp4') };
    case 'location':
      return { text: locationText(push['Label'], push['Location_X'], push['Location_Y']) };
    case 'link':
      return { text: lines(Title, Description, Url) };
    // Its bytes cannot be had: the push names a FileKey that no published call takes.
    case 'file':
      return { text: lines(Title, Description), fields: { unavailableFile: Title } };
    case 'miniprogrampage':
      return cardContent(push, inbox);
    default:
      return null;
  }
}

function cardContent(push: Push, inbox: ChannelInbox): Content {
  const { Title = '', PagePath = '', AppId = '' } = push;
  return {
    text: lines(Title, PagePath),
    media: mediaOf(push['ThumbMediaId'], 'card.jpg', 'image/jpeg'),
    fields: {
      pagePath: PagePath,
      cardAppId: AppId,
      order: findOrderNumber(PagePath, Title, orderRules(inbox)),
    },
  };
}

function voiceOf(push: Push): readonly MediaReference[] {
  const format = /^[a-z0-9]{1,10}$/i.exec(push['Format'] ?? '')?.[0].toLowerCase() ?? 'amr';
  return mediaOf(push['MediaId'], `voice.${format}`, `audio/${format}`);
}

function unreadable(body: Uint8Array, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId: `raw:${hashOf(body)}`, reason, detail };
}
