import { TwilioSimulator } from '@tributary/testing';
import { type ChannelPlay, PICTURE, pictureScene, type Stage } from './channel-play.js';
import { voicePlay } from './voice-play.js';

const OURS = '+14155550100';

/** Texts, WhatsApp and phone calls by Twilio. */
export async function twilioStage(): Promise<Stage> {
  const twilio = await TwilioSimulator.start();
  return {
    origins: new Map([['https://api.twilio.com', twilio.origin]]),
    plays: [
      play(twilio, 'sms', '+14155550123', {
        says: 'My kettle leaks at the bottom, order 20771. What can I do?',
        answer: 'Sorry to hear that. We send you a new one today.',
        thanks: 'Great, thank you!',
      }),
      play(twilio, 'whatsapp', '+4915155501234', {
        says: 'Hallo, mein Wasserkocher tropft, Bestellung 20772 🫖',
        answer: 'Das tut uns leid. Ein neuer ist schon unterwegs.',
        thanks: 'Super, vielen Dank!',
      }),
      voicePlay(twilio),
    ],
    stop: () => twilio.stop(),
  };
}

function play(
  twilio: TwilioSimulator,
  channel: 'sms' | 'whatsapp',
  from: string,
  texts: Pick<ChannelPlay, 'says' | 'answer' | 'thanks'>,
): ChannelPlay {
  const to = channel === 'sms' ? OURS : `whatsapp:${OURS}`;
  const more: Record<string, string> = channel === 'sms' ? {} : { ProfileName: 'Anna Krüger' };
  return {
    ...{ channel, ...texts },
    async open(admin) {
      const { sid: accountSid, authToken } = twilio.account;
      const settings = { accountSid, authToken, sender: OURS };
      const inbox = await admin.createInbox({ channel, name: `Hotline by ${channel}`, settings });
      twilio.assign(to, inbox.publicAddress ?? '');
      return {
        write: async (body) => void (await twilio.write({ from, to, body, more })),
        scenes: [
          pictureScene((content) =>
            twilio.write({ from, to, files: [{ contentType: PICTURE.contentType, content }], more }),
          ),
        ],
        shown: () => twilio.sentTo(channel === 'sms' ? from : `whatsapp:${from}`).map(({ body }) => body),
      };
    },
  };
}
