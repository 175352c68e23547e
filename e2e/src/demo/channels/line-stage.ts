import { LineSimulator } from '@tributary/testing';
import { pictureScene, type Stage } from './channel-play.js';

/** A LINE Official Account, and a friend of it. */
export async function lineStage(): Promise<Stage> {
  const line = await LineSimulator.start();
  return {
    origins: new Map([
      ['https://api.line.me', line.origin],
      ['https://api-data.line.me', line.origin],
    ]),
    plays: [
      {
        channel: 'line',
        says: '注文20777のやかんから水が漏れます',
        answer: 'ご不便をおかけしました。新しいものをお送りします。',
        thanks: 'ありがとうございます',
        async open(admin) {
          const { channelId, channelSecret, accessToken } = line;
          const settings = { channelId, channelSecret, accessToken };
          const inbox = await admin.createInbox({ channel: 'line', name: 'Kettles on LINE', settings });
          line.setWebhook(inbox.publicAddress ?? '');
          const person = line.person();
          person.adds();
          return {
            write: async (text) => void person.says(text),
            scenes: [pictureScene((picture) => person.sendsImages([picture]))],
            shown: () => line.sentTo(person).map(({ text }) => text),
          };
        },
      },
    ],
    stop: () => line.stop(),
  };
}
