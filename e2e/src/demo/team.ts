import { Desk } from '../system/desk.js';
import { CUSTOMER_DOMAIN } from './traffic.js';

/** The demo workspace's agents, at work for as long as the demo runs. */
export class Team {
  readonly #desks: ReadonlyMap<string, Desk>;
  /** Who was not there before, and goes again. */
  readonly #guests: readonly Desk[];

  private constructor(desks: ReadonlyMap<string, Desk>, guests: readonly Desk[]) {
    this.#desks = desks;
    this.#guests = guests;
  }

  /** Signs everyone in; those who are offline become available, the others stay as they are. */
  static async call(admin: Desk): Promise<Team> {
    const availability = new Map((await admin.availability()).map((each) => [each.agentId, each]));
    const desks = new Map([[admin.personId, admin]]);
    const guests: Desk[] = [];
    for (const person of await admin.people()) {
      if (!person.active || person.id === admin.personId) continue;
      const desk = await admin.colleague(person.email);
      desks.set(person.id, desk);
      if (availability.get(person.id)?.state !== 'offline') continue;
      await desk.startWork();
      guests.push(desk);
    }
    return new Team(desks, guests);
  }

  get size(): number {
    return this.#guests.length;
  }

  desk(personId: string): Desk {
    const desk = this.#desks.get(personId);
    if (!desk) throw new Error(`nobody has the id ${personId}`);
    return desk;
  }

  async leave(): Promise<void> {
    for (const desk of this.#guests) await desk.leave();
  }
}

/** Tickets of earlier runs would fill the agents' hands. @returns how many were solved. */
export async function solveEarlierDemos(admin: Desk): Promise<number> {
  let solved = 0;
  for (const row of await admin.allTickets()) {
    if (row.status === 'solved' || row.status === 'closed') continue;
    const { identities } = await admin.ticket(row.id);
    if (!identities.some(({ value }) => value.endsWith(`@${CUSTOMER_DOMAIN}`))) continue;
    await admin.change(row.id, { status: 'solved' });
    solved += 1;
  }
  return solved;
}
