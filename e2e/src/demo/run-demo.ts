import { answerOnPage, progressUntil } from '../system/customer.js';
import { type Desk, messagesOf } from '../system/desk.js';
import { headerOf } from '../system/mail-headers.js';
import { Board, type Screen } from './board.js';
import { CustomerMailbox } from './customer-mailbox.js';
import { type DemoSettings, enter } from './demo-access.js';
import { follow, type Followed } from './follow.js';
import { solveEarlierDemos, Team } from './team.js';
import { CUSTOMERS } from './traffic.js';

export interface DemoSummary {
  readonly sent: number;
  readonly tickets: number;
  readonly assigned: number;
  /** Left in their queue, with the reason on record. */
  readonly waiting: number;
  /** Answers of an agent that the customer has, and answers of that customer that the agent has. */
  readonly answered: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  /** Private pages of customers who were answered. */
  readonly pages: readonly string[];
  readonly failures: readonly string[];
  /** Of the administrator, to look around with. A secret. */
  readonly signInUrl: string;
}

const PAUSE_MS = 150;

/**
 * Sends the demo's traffic and follows it, then answers a form and a mail as their agents, and the customers write
 * back. What it changes for that (presence, the mailbox's way out) is put back at the end, also after a failure.
 *
 * @param signal ends it early.
 * @throws NoAccessError
 */
export async function runDemo(
  settings: DemoSettings,
  screen: Screen,
  signal: AbortSignal,
): Promise<DemoSummary> {
  const { admin, smtpPort } = await enter(settings);
  const board = new Board(screen);
  board.say(`Tributary at ${admin.url}, workspace “${admin.session.workspace.name}”`);
  const solved = await solveEarlierDemos(admin);
  if (solved > 0)
    board.say(`${solved} tickets of earlier demos are solved now, so that the agents have room`);
  const inbox = await admin.inboxOf('email');
  const failures: string[] = [];
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const team = await Team.call(admin);
    undo.push(() => team.leave());
    const mailbox = await CustomerMailbox.lend(admin, inbox);
    if (mailbox) undo.push(() => mailbox.close());
    board.say(`${team.size} agents come to work for the demo\n`);
    const stream = await admin.stream();
    undo.push(async () => stream.close());
    const places = {
      ...{ admin, stream, run: Date.now().toString(36) },
      formUrl: (await admin.inboxOf('web_form')).publicAddress ?? '',
      mail: { port: smtpPort, address: inbox.publicAddress ?? '' },
    };
    const followed = await sendAll(board, places, failures, signal);
    const answered = await answerSome({ board, team, mailbox, followed, failures, ...places });
    const { url: signInUrl } = await admin.signInLink(admin.session.person.email);
    return { ...summarise(followed, answered, failures), signInUrl };
  } finally {
    board.end();
    for (const step of undo.toReversed()) await step();
  }
}

async function sendAll(
  board: Board,
  places: Parameters<typeof follow>[1],
  failures: string[],
  signal: AbortSignal,
): Promise<readonly Followed[]> {
  const rows = CUSTOMERS.map((customer) =>
    board.row(`${customer.by}  ${customer.name}: ${customer.subject}`),
  );
  board.start();
  const following = CUSTOMERS.map(async (customer, i) => {
    await new Promise((resolve) => setTimeout(resolve, i * PAUSE_MS));
    signal.throwIfAborted();
    const tell = rows[i]!;
    return follow(customer, places, tell).catch((error: Error) => {
      tell('failed', error.message);
      failures.push(`${customer.name}: ${error.message}`);
      return undefined;
    });
  });
  const followed = await Promise.all(following);
  board.end();
  signal.throwIfAborted();
  return followed.filter((each) => each !== undefined);
}

interface Answering {
  readonly board: Board;
  readonly admin: Desk;
  readonly team: Team;
  readonly mailbox: CustomerMailbox | undefined;
  readonly followed: readonly Followed[];
  readonly failures: string[];
  readonly mail: { readonly address: string };
}

/** One form and one mail; both ways. */
async function answerSome(parts: Answering): Promise<readonly Followed[]> {
  const { board, followed, failures, mailbox } = parts;
  const assigned = followed.filter(({ ticket }) => ticket.assignee !== null);
  const steps = [
    { found: assigned.find(({ customer }) => customer.by === 'form'), answer: answerForm, what: 'form' },
    ...(mailbox
      ? [{ found: assigned.find(({ customer }) => customer.by === 'mail'), answer: answerMail, what: 'mail' }]
      : []),
  ];
  const answered: Followed[] = [];
  board.say('');
  board.start();
  for (const { found, answer, what } of steps) {
    if (!found) {
      failures.push(`no ${what} was assigned, so none could be answered`);
      continue;
    }
    const { ticket, customer } = found;
    const label = `#${ticket.number} ${ticket.assignee?.name} answers ${customer.name}`;
    const tell = board.row(label);
    tell('runs', '');
    await answer(parts, found).then(
      (told) => {
        tell('done', told);
        answered.push(found);
      },
      (error: Error) => {
        tell('failed', error.message);
        failures.push(`${label}: ${error.message}`);
      },
    );
  }
  board.end();
  return answered;
}

async function answerForm({ team }: Answering, { ticket, progressUrl = '' }: Followed): Promise<string> {
  const text = 'The large one: it boils 1.7 litres in three minutes.';
  const agent = team.desk(ticket.assignee?.id ?? '');
  await agent.reply(ticket.id, { text });
  await progressUntil(progressUrl, 'the answer', ({ messages }) =>
    messages.some((message) => message.from === 'us' && message.text === text),
  );
  const back = 'Thank you, we take two!';
  await answerOnPage(progressUrl, back);
  await agent.ticketUntil(ticket.id, 'the customer’s answer', (each) =>
    messagesOf(each).some((message) => message.text === back),
  );
  return `the customer’s page shows it, and their answer is in the same ticket`;
}

async function answerMail({ team, mailbox }: Answering, { ticket, customer }: Followed): Promise<string> {
  if (customer.by !== 'mail' || !mailbox) throw new Error('not a mail');
  const agent = team.desk(ticket.assignee?.id ?? '');
  await agent.reply(ticket.id, { text: 'The refund is on its way; it takes three days to your bank.' });
  const received = await mailbox.arrived(customer.address);
  const [subject, thread] = [headerOf(received, 'subject'), headerOf(received, 'in-reply-to')];
  return `the mail is in their mailbox: “${subject}”, in reply to ${thread}`;
}

function summarise(
  followed: readonly Followed[],
  answered: readonly Followed[],
  failures: readonly string[],
): Omit<DemoSummary, 'signInUrl'> {
  const times = followed.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const assigned = followed.filter(({ ticket }) => ticket.assignee !== null).length;
  return {
    sent: CUSTOMERS.length,
    tickets: new Set(followed.map(({ ticket }) => ticket.id)).size,
    assigned,
    waiting: followed.length - assigned,
    answered: answered.length,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    slowestMs: times.at(-1) ?? 0,
    pages: answered.flatMap(({ progressUrl }) => progressUrl ?? []),
    failures,
  };
}
