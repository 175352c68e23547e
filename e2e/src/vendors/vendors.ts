import { messagesOf, type Desk } from '../system/desk.js';
import { eventually } from '../system/eventually.js';
import { startMeta } from './meta.js';
import { startLine, startTelegram } from './messengers.js';
import { startBridge, startCompany } from './signed-callers.js';
import { startTwilio } from './twilio.js';
import type { OpenAccount, Vendor } from './vendor.js';
import { startWechat, startWecom } from './wechat.js';

/** Whoever calls an installation from outside. */
export async function startVendors(): Promise<Vendor> {
  const vendors: readonly Vendor[] = await Promise.all([
    ...[startTwilio(), startMeta(), startTelegram(), startLine(), startWechat(), startWecom()],
    ...[startCompany(), startBridge()],
  ]);
  return {
    origins: new Map(vendors.flatMap(({ origins }) => [...origins])),
    accounts: vendors.flatMap(({ accounts }) => accounts),
    disturb: () => vendors.forEach((each) => each.disturb()),
    settled: async () => void (await Promise.all(vendors.map((each) => each.settled()))),
    stop: async () => void (await Promise.all(vendors.map((each) => each.stop()))),
  };
}

/** As the configuration of an installation names them. */
export function providerOrigins({ origins }: Pick<Vendor, 'origins'>): string {
  return [...origins].map(([from, to]) => `${from}=${to}`).join(' ');
}

/** What a customer says, which names both. Messages count from 1. */
export function sayingOf(customer: number, message: number): string {
  return `Customer ${customer}, message ${message}.`;
}

/** A host that dies while it pulls keeps others from pulling for so long. */
const PULL_LEASE_MS = 60_000;

/** Messages that are written at once, one by one where a vendor keeps their order. */
export const BURST = 2;

/** The same order of bursts, each in the order of its numbers: where a vendor brings those of one in any order. */
export function withinBursts(messages: readonly number[]): readonly number[] {
  return messages.map((_, at) => {
    const from = at - (at % BURST);
    return messages.slice(from, from + BURST).toSorted((a, b) => a - b)[at - from]!;
  });
}

/** What the tickets of an inbox say, of one customer. */
export interface Told {
  readonly tickets: readonly string[];
  /** Numbers of their messages, in the order of the tickets and within them. */
  readonly messages: readonly number[];
}

/** Waits until so many messages of each customer are on tickets. @returns by customer, whatever is there then. */
export async function toldOf(
  admin: Desk,
  { inbox }: OpenAccount,
  customers: number,
  messages: number,
): Promise<readonly Told[]> {
  let told: readonly Told[] = [];
  const isThere = async () => {
    told = await readTold(admin, inbox, customers);
    return told.every((each) => each.messages.length >= messages) ? true : undefined;
  };
  const what = `${messages} messages of ${customers} customers by ${inbox.channel}`;
  await eventually(what, isThere, PULL_LEASE_MS * 2).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(told)}`);
  });
  return told;
}

async function readTold(
  admin: Desk,
  inbox: OpenAccount['inbox'],
  customers: number,
): Promise<readonly Told[]> {
  const told = Array.from({ length: customers }, () => ({
    tickets: [] as string[],
    messages: [] as number[],
  }));
  const rows = (await admin.allTickets()).filter(({ channel }) => channel === inbox.channel);
  // Those that were made together have one time, and numbers in the order of the log.
  for (const { id } of rows.toSorted((a, b) => Number(a.number) - Number(b.number))) {
    for (const { text, attachments } of messagesOf(await admin.ticket(id))) {
      const recordings = await Promise.all(attachments.map(({ url }) => admin.bytes(url)));
      const said = [text, ...recordings.map((each) => each.toString())].join('\n');
      for (const [, customer, message] of said.matchAll(/Customer (\d+), message (\d+)\./g)) {
        const of = told[Number(customer)]!;
        of.messages.push(Number(message));
        if (!of.tickets.includes(id)) of.tickets.push(id);
      }
    }
  }
  return told;
}
