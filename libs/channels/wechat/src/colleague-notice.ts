import { ChannelError, type ChannelInbox, type Colleagues } from '@tributary/channel-sdk';
import { companyProvider, postJson, type Provider } from './provider.js';
import { textSetting } from './settings.js';

/** Seconds in which the vendor drops a repeat of the same words; 1,800 by default, four hours at most. */
const REPEAT_SECONDS = 1800;
/** Bytes in UTF-8 of a card's title and text. */
const [TITLE_BYTES, TEXT_BYTES] = [128, 512];
/** What WeCom allows in an id. Anything else would name several people, or with `@all` the whole company. */
const USER_ID = /^[A-Za-z0-9][\w.@-]{0,63}$/;

/** The application that tells colleagues has a secret of its own beside the one that answers customers. */
const noticeProvider: Provider = {
  ...companyProvider,
  tokenName: 'notice_token',
  tokenRequest: (inbox, isForced) => companyProvider.tokenRequest(asApplication(inbox), isForced),
};

/**
 * A card of a self-built application, that leads to the console.
 *
 * @see https://developer.work.weixin.qq.com/document/path/90236
 */
export const colleagues: Colleagues = {
  setting: 'noticeAgentId',
  async tell({ to, title, text, url }, inbox, ports, signal) {
    if (!USER_ID.test(to)) throw nobody();
    const card = { title: cutBytes(title, TITLE_BYTES), description: cutBytes(text, TEXT_BYTES), url };
    const answer = await postJson(
      noticeProvider,
      '/cgi-bin/message/send',
      {
        ...{ touser: to, msgtype: 'textcard', textcard: card },
        agentid: Number(textSetting(inbox, 'noticeAgentId')),
        ...{ enable_duplicate_check: 1, duplicate_check_interval: REPEAT_SECONDS },
      },
      { inbox, ports, signal },
    );
    // One it cannot write to is told beside an errcode of 0.
    const unreached = [answer['invaliduser'], answer['unlicenseduser']];
    if (unreached.some((ids) => typeof ids === 'string' && ids !== '')) throw nobody();
  },
};

function asApplication(inbox: ChannelInbox): ChannelInbox {
  return { ...inbox, settings: { ...inbox.settings, secret: textSetting(inbox, 'noticeSecret') } };
}

function nobody(): ChannelError {
  return new ChannelError(
    'rejected_permanently',
    'WeCom reaches nobody of this id by the application: look at the id, and at who may see the application',
  );
}

/** As many whole characters as fit. */
function cutBytes(text: string, bytes: number): string {
  let [kept, used] = ['', 0];
  for (const character of text.toWellFormed()) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    kept += character;
  }
  return kept;
}
