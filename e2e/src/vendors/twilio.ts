import { type PhoneCall, TwilioSimulator } from '@tributary/testing';
import { Calls, COPIES, isTaken, type Vendor, type VendorAccount } from './vendor.js';

const OURS = '+14155550100';
const HOTLINE = '+14155550101';
/** What Twilio plays when nobody answers. */
const FALLBACK = '<Response><Say>Leave a message.</Say><Record maxLength="120"/></Response>';
const DEFINITION = JSON.stringify({
  greeting: { en: 'Welcome.' },
  menu: [{ key: '1', say: { en: 'a question' }, type: 'question' }],
  queue: { patienceSeconds: 60 },
});
/** More turns than any call takes. */
const TURNS = 10;

/** Texts, WhatsApp and calls. */
export async function startTwilio(): Promise<Vendor> {
  const twilio = await TwilioSimulator.start();
  const calls = new Calls();
  return {
    origins: new Map([['https://api.twilio.com', twilio.origin]]),
    accounts: [messages(twilio, calls, 'sms'), messages(twilio, calls, 'whatsapp'), hotline(twilio, calls)],
    disturb: () => void (twilio.account.faults.copies = COPIES),
    settled: () => calls.settled(),
    stop: () => twilio.stop(),
  };
}

function messages(twilio: TwilioSimulator, calls: Calls, channel: 'sms' | 'whatsapp'): VendorAccount {
  const to = channel === 'sms' ? OURS : `whatsapp:${OURS}`;
  return {
    channel,
    async open(admin) {
      const { sid: accountSid, authToken } = twilio.account;
      const settings = { accountSid, authToken, sender: OURS };
      const inbox = await admin.createInbox({ channel, name: channel, settings });
      twilio.assign(to, inbox.publicAddress ?? '');
      return {
        inbox,
        write(customer, body) {
          let written: string | undefined;
          calls.untilTaken(async () => {
            if (written !== undefined) return isTaken(await twilio.again(written));
            const { sid, tries } = await twilio.write({ from: numberOf(customer), to, body });
            written = sid;
            return isTaken(tries);
          });
        },
      };
    },
  };
}

/** Whoever calls leaves a message: on the way to it, or after what is played when nobody answers. */
function hotline(twilio: TwilioSimulator, calls: Calls): VendorAccount {
  const channel = 'voice';
  return {
    channel,
    async open(admin) {
      const { sid: accountSid, authToken } = twilio.account;
      const settings = { accountSid, authToken, sender: HOTLINE, definition: DEFINITION };
      const inbox = await admin.createInbox({ channel, name: channel, settings });
      const voiceUrl = inbox.publicAddress ?? '';
      const statusUrl = voiceUrl.replace('#', '/status#');
      twilio.phone.setUp(HOTLINE, { voiceUrl, statusUrl, fallback: FALLBACK });
      return {
        inbox,
        write: (customer, text) =>
          calls.add(async () => leaveMessage(await twilio.phone.call(numberOf(customer), HOTLINE), text)),
      };
    },
  };
}

async function leaveMessage(call: PhoneCall, text: string): Promise<void> {
  for (let turn = 0; turn < TURNS && call.place !== 'record'; turn++) {
    if (call.place === 'queue') await call.wait(70);
    else if (call.waited > 0) await call.pressNothing();
    else await call.press('1');
  }
  await call.speak(text, { hangsUp: true });
}

function numberOf(customer: number): string {
  return `+1415555${String(3000 + customer)}`;
}
