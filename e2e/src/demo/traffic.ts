import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FormFields } from '../system/customer.js';

/** One thing that a customer does. */
export type Customer = {
  readonly name: string;
  /** As the ticket will have it. */
  readonly subject: string;
} & (
  | { readonly by: 'mail'; readonly address: string; readonly file: string }
  | { readonly by: 'form'; readonly fields: FormFields }
);

const FIXTURES = fileURLToPath(new URL('../../fixtures/demo/', import.meta.url));

/** Every address of these customers; tickets of theirs are the demo's own. */
export const CUSTOMER_DOMAIN = 'customers.example';

const byMail = (name: string, subject: string, address: string, file: string): Customer => ({
  ...{ by: 'mail', name, subject, address: `${address}@${CUSTOMER_DOMAIN}`, file },
});

const byForm = (name: string, address: string, fields: FormFields): Customer => ({
  ...{ by: 'form', name, subject: fields['subject'] ?? '' },
  fields: { name, email: `${address}@${CUSTOMER_DOMAIN}`, ...fields },
});

/** Mail and forms, in four languages, for both teams; the last one finds nobody who speaks its language. */
export const CUSTOMERS: readonly Customer[] = [
  byForm('Ada Lovelace', 'ada.lovelace', {
    ...{ subject: 'Which kettle for the office?', type: 'question', language: 'en', region: 'eu' },
    text: 'We are twelve people and drink a lot of tea. Which of your kettles would you take?',
  }),
  byMail('Grace Hopper', 'Refund for order 4711', 'grace.hopper', 'refund.eml'),
  byMail('李雷', '水壶无法加热', 'li.lei', 'no-heat.zh.eml'),
  byForm('王芳', 'wang.fang', {
    ...{ subject: '退货没有收到退款', type: 'refund', language: 'zh', region: 'cn' },
    text: '两周前退的货，还没有收到退款，请查一下。订单号 2026-0917。',
  }),
  byMail('Jürgen Groß', 'Wann kommt meine Küchenwaage?', 'juergen.gross', 'delivery-time.de.eml'),
  byForm('Karl Weber', 'karl.weber', {
    ...{ subject: 'Der Wasserkocher schaltet nicht ab', type: 'problem', language: 'de', region: 'eu' },
    text: 'Seit gestern kocht er einfach weiter. Ist das ein bekannter Fehler?',
  }),
  byMail('韩梅梅', '发票咨询', 'han.meimei', 'invoice.zh.eml'),
  byForm('Zoë Martin', 'zoe.martin', {
    ...{ subject: 'Ma bouilloire fuit', type: 'repair', language: 'fr', region: 'eu' },
    text: 'Elle perd de l’eau par le bas depuis ce matin. Peut-on la réparer ?',
  }),
];

/** The mail's bytes, with an id of this run: the same bytes again would be the same message. */
export async function mailBytes(file: string, run: string): Promise<Buffer> {
  const template = await readFile(`${FIXTURES}${file}`, 'latin1');
  const text = template
    .replaceAll('{{run}}', run)
    .replaceAll('{{date}}', new Date().toUTCString().replace('GMT', '+0000'))
    .replaceAll(/\r?\n/g, '\r\n');
  return Buffer.from(text, 'latin1');
}
