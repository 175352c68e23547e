import { randomBytes } from 'node:crypto';
import { LineSimulator, TelegramSimulator } from '@tributary/testing';
import { COPIES, type Vendor } from './vendor.js';

const DISTURBED = { copies: COPIES, isShuffled: true };

export async function startTelegram(): Promise<Vendor> {
  const telegram = await TelegramSimulator.start();
  const people = new Map<number, ReturnType<typeof telegram.person>>();
  const channel = 'telegram';
  return {
    origins: new Map([['https://api.telegram.org', telegram.origin]]),
    accounts: [
      {
        channel,
        // An update waits for the one before it in the chat.
        order: 'undisturbed',
        async open(admin) {
          const webhookSecret = randomBytes(24).toString('base64url');
          const settings = { botToken: telegram.token, webhookSecret };
          const inbox = await admin.createInbox({ channel, name: channel, settings });
          telegram.setWebhook(inbox.publicAddress ?? '', webhookSecret);
          return {
            inbox,
            write(customer, text) {
              const person = people.get(customer) ?? telegram.person(`Customer ${customer}`);
              people.set(customer, person);
              person.says(text);
            },
          };
        },
      },
    ],
    disturb: () => telegram.behave(DISTURBED),
    settled: () => telegram.settled(),
    stop: () => telegram.stop(),
  };
}

export async function startLine(): Promise<Vendor> {
  const line = await LineSimulator.start();
  const people = new Map<number, ReturnType<typeof line.person>>();
  const channel = 'line';
  return {
    origins: new Map([
      ['https://api.line.me', line.origin],
      ['https://api-data.line.me', line.origin],
    ]),
    accounts: [
      {
        channel,
        async open(admin) {
          const { channelId, channelSecret, accessToken } = line;
          const settings = { channelId, channelSecret, accessToken };
          const inbox = await admin.createInbox({ channel, name: channel, settings });
          line.setWebhook(inbox.publicAddress ?? '');
          return {
            inbox,
            write(customer, text) {
              const person = people.get(customer) ?? line.person();
              people.set(customer, person);
              person.says(text);
            },
          };
        },
      },
    ],
    disturb: () => line.behave(DISTURBED),
    settled: () => line.settled(),
    stop: () => line.stop(),
  };
}
