import { describe, expect, it } from '@jest/globals';
import { instagram, messenger, whatsappCloud } from './index.js';
import { GRAPH_VERSION, metaSettings } from './settings.js';

const access = { accessToken: 'EAAG', appSecret: 's', verifyToken: 'a word of ours' };
const fieldsOf = (faults: readonly { readonly field: string }[]) => faults.map(({ field }) => field);

describe('settings of Meta’s channels', () => {
  it.each([
    [messenger, { pageId: '104551239876543' }],
    [instagram, { pageId: '104551239876543', accountId: '17841405822304914' }],
    [whatsappCloud, { phoneNumberId: '106540352242922' }],
  ])('are accepted with the ids of $manifest.channel, and not without one of them', (channel, ids) => {
    expect(channel.checkSettings({ ...access, ...ids })).toEqual([]);
    for (const id of Object.keys(ids)) {
      expect(fieldsOf(channel.checkSettings({ ...access, ...ids, [id]: '' }))).toEqual([id]);
    }
  });

  it('take a page’s name and a number for no id', () => {
    expect(fieldsOf(messenger.checkSettings({ ...access, pageId: 'acme.lamps' }))).toEqual(['pageId']);
    const number = { ...access, phoneNumberId: '+1 555 078 3881' };
    expect(fieldsOf(whatsappCloud.checkSettings(number))).toEqual(['phoneNumberId']);
  });

  it('want a verify token that nobody guesses, and a version that Meta has', () => {
    const given = { ...access, pageId: '104551239876543' };
    expect(fieldsOf(messenger.checkSettings({ ...given, verifyToken: 'short' }))).toEqual(['verifyToken']);
    expect(fieldsOf(messenger.checkSettings({ ...given, version: 'latest' }))).toEqual(['version']);
  });

  it('have a version, and no story mentions, unless told', () => {
    expect(metaSettings({ settings: { storyMentions: 'yes' } })).toMatchObject({
      version: GRAPH_VERSION,
      storyMentions: false,
    });
  });
});
