import type { TicketDetail } from '@tributary/contracts';
import type { PhoneCall, TwilioSimulator } from '@tributary/testing';
import { type Desk, messagesOf } from '../../system/desk.js';
import { eventually } from '../../system/eventually.js';
import { type ChannelPlay, type Conversation, hasFile } from './channel-play.js';

const OURS = '+14155550101';
const CALLER = '+14155550124';
const SECONDS_OF_TALK = 42;
const DEFINITION = JSON.stringify({
  greeting: { en: 'Welcome to Kettles.', zh: '欢迎致电水壶公司。' },
  menu: [
    { key: '1', say: { en: 'a kettle that does not heat', zh: '水壶不加热' } },
    { key: '2', say: { en: 'anything else', zh: '其他问题' }, type: 'question' },
  ],
});

/**
 * Two calls of one customer: the first rings at an agent who does not pick up and ends with a voicemail, which is
 * answered by a text; the second, a ticket of its own, is talked through.
 */
export function voicePlay(twilio: TwilioSimulator): ChannelPlay {
  return {
    channel: 'voice',
    says: 'Menu: a kettle that does not heat',
    answer: 'We have heard your message: a new base is on its way to you.',
    async open(admin) {
      await givePhones(admin);
      const { sid: accountSid, authToken } = twilio.account;
      const settings = { accountSid, authToken, sender: OURS, definition: DEFINITION };
      const inbox = await admin.createInbox({ channel: 'voice', name: 'Hotline by phone', settings });
      const [address, overrides] = (inbox.publicAddress ?? '').split('#');
      twilio.phone.setUp(OURS, {
        voiceUrl: inbox.publicAddress ?? '',
        statusUrl: `${address}/status#${overrides}`,
      });
      return conversation(twilio, admin);
    },
  };
}

/** Callers are connected with phones. */
async function givePhones(admin: Desk): Promise<void> {
  for (const [at, { id, phone }] of (await admin.people()).entries()) {
    if (phone === null) await admin.call('PATCH', `/api/people/${id}`, { phone: `+1415555${4000 + at}` });
  }
}

function conversation(twilio: TwilioSimulator, admin: Desk): Conversation {
  let first: PhoneCall | undefined;
  const call = async (key: string) => {
    const begun = await twilio.phone.call(CALLER, OURS, 'ADA LOVELACE');
    await begun.press('1');
    await begun.press(key);
    return begun;
  };
  return {
    write: async () => void (first = await call('1')),
    scenes: [
      {
        what: 'a voicemail',
        act: () => leaveMessage(first!),
        isThere: (ticket, desk) => hasFile(ticket, desk, first!.recordings[0]!.content),
      },
      {
        what: 'a second call, answered',
        act: async () => {
          const second = await call('2');
          await phoneRings(second);
          await second.talk(SECONDS_OF_TALK);
        },
        isThere: async ({ id, contact }) => {
          const rows = await admin.tickets();
          const other = rows.find((row) => row.contact.id === contact.id && row.id !== id);
          return other !== undefined && wasTalkedThrough(await admin.ticket(other.id));
        },
      },
    ],
    shown: () => twilio.sentTo(CALLER).map(({ body }) => body),
  };
}

async function leaveMessage(call: PhoneCall): Promise<void> {
  await phoneRings(call);
  await call.ringOut();
  await call.pressNothing();
  await call.speak('My kettle of order 20779 stays cold. Please call me back.', { seconds: 9 });
}

async function phoneRings(call: PhoneCall): Promise<void> {
  await eventually('the agent’s phone rings', async () => (call.place === 'dial' ? true : undefined));
}

function wasTalkedThrough(ticket: TicketDetail): boolean {
  return messagesOf(ticket)
    .flatMap(({ activities }) => activities)
    .some(
      ({ activity, fields }) =>
        activity === 'call.connected' && fields['seconds'] === String(SECONDS_OF_TALK),
    );
}
