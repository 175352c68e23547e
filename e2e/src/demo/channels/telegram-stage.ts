import { randomBytes } from 'node:crypto';
import { TelegramSimulator } from '@tributary/testing';
import { pictureScene, type Stage } from './channel-play.js';

/** A bot, and somebody who writes to it. */
export async function telegramStage(): Promise<Stage> {
  const telegram = await TelegramSimulator.start();
  return {
    origins: new Map([['https://api.telegram.org', telegram.origin]]),
    plays: [
      {
        channel: 'telegram',
        says: 'Good day, the kettle of order 20776 does not switch off',
        answer: 'Please unplug it, a courier brings another one tomorrow.',
        thanks: 'Unplugged, thanks!',
        async open(admin) {
          const webhookSecret = randomBytes(24).toString('base64url');
          const settings = { botToken: telegram.token, webhookSecret };
          const inbox = await admin.createInbox({ channel: 'telegram', name: 'Kettle bot', settings });
          telegram.setWebhook(inbox.publicAddress ?? '', webhookSecret);
          const person = telegram.person('Olena', { last_name: 'Shevchenko', language_code: 'en' });
          return {
            write: async (text) => void person.says(text),
            scenes: [pictureScene((picture) => person.sendsPhoto(picture))],
            shown: () => telegram.sentTo(person).map(({ text }) => text),
          };
        },
      },
    ],
    stop: () => telegram.stop(),
  };
}
