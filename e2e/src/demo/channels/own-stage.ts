import { createTransport } from 'nodemailer';
import { answerOnPage, readProgress, submitForm } from '../../system/customer.js';
import { headerOf } from '../../system/mail-headers.js';
import { CustomerMailbox } from '../customer-mailbox.js';
import { CUSTOMER_DOMAIN } from '../traffic.js';
import { type ChannelPlay, PICTURE, pictureBytes, pictureScene, type Stage } from './channel-play.js';

/** Channels without a vendor: the form is our own page, and mail is mail. Their inboxes stand in the workspace. */
export async function ownStage(): Promise<Stage> {
  return { origins: new Map(), plays: [form, mail], stop: async () => undefined };
}

const form: ChannelPlay = {
  channel: 'web_form',
  says: 'Which kettle would you take for an office of twelve? Request 20770',
  answer: 'The large one: it boils 1.7 litres in three minutes.',
  thanks: 'Thank you, we take two!',
  async open(admin) {
    const { publicAddress } = await admin.inboxOf('web_form');
    let page: string | undefined;
    return {
      async write(text) {
        if (page !== undefined) return answerOnPage(page, text);
        const from = { name: 'Ada Lovelace', email: `ada@${CUSTOMER_DOMAIN}` };
        page = await submitForm(publicAddress ?? '', { ...from, subject: 'A kettle for the office', text });
      },
      scenes: [],
      async shown() {
        const { messages } = await readProgress(page ?? '');
        return messages.filter(({ from }) => from === 'us').map(({ text }) => text);
      },
    };
  },
};

const mail: ChannelPlay = {
  channel: 'email',
  says: 'The kettle that came yesterday is cracked, order 20778. May I send it back?',
  answer: 'Of course. The label for the parcel is on its way to you.',
  thanks: 'That was quick, thank you.',
  async open(admin, { smtpPort }) {
    const inbox = await admin.inboxOf('email');
    const mailbox = await CustomerMailbox.lend(admin, inbox);
    if (!mailbox) throw new Error('the mailbox sends through a server of its own');
    const address = `grace.hopper@${CUSTOMER_DOMAIN}`;
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, secure: false, ignoreTLS: true });
    const answers = () => mailbox.mailsTo(address);
    const send = async (text: string, attachments: readonly { filename: string; content: Buffer }[] = []) => {
      const answered = answers().at(-1);
      const inReplyTo = answered === undefined ? undefined : headerOf(answered, 'message-id');
      await transport.sendMail({
        ...{ from: `"Grace Hopper" <${address}>`, to: inbox.publicAddress ?? '', text },
        subject: `${inReplyTo === undefined ? '' : 'Re: '}A cracked kettle`,
        ...(inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }),
        attachments: [...attachments],
      });
    };
    return {
      write: async (text) => {
        const content = await pictureBytes();
        await send(text, answers().length > 0 ? [] : [{ filename: PICTURE.name, content }]);
      },
      // It came with the first mail: a second one would be a ticket of its own.
      scenes: [pictureScene(() => undefined)],
      shown: answers,
      close: async () => {
        transport.close();
        await mailbox.close();
      },
    };
  },
};
