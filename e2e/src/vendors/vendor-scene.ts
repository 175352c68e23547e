import { Desk } from '../system/desk.js';
import { PublicDoor } from '../system/public-door.js';
import { type RunningSystem, startSystem, type SystemOptions } from '../system/running-system.js';
import { freePort } from '../system/standalone-process.js';
import type { CalledChannel } from './called-channels.js';
import type { OpenAccount, Vendor } from './vendor.js';
import { BURST, providerOrigins, sayingOf, startVendors, toldOf, withinBursts } from './vendors.js';

/** Of one customer of one channel: their messages, and on how many tickets they are. */
export interface Story {
  readonly messages: readonly number[];
  readonly tickets: number;
}

export interface SceneOptions extends Pick<SystemOptions, 'mode' | 'databaseUrl' | 'brokers'> {
  readonly customers: number;
}

/** An installation with an inbox of every vendor, and customers who write to all of them. */
export class VendorScene {
  /** Messages that every customer wrote so far. */
  written = 0;
  readonly #accounts = new Map<string, OpenAccount>();
  #isDisturbed = false;

  private constructor(
    readonly vendors: Vendor,
    readonly door: PublicDoor,
    public system: RunningSystem,
    readonly admin: Desk,
    readonly customers: number,
  ) {}

  /** @throws Error when the system does not become ready; nothing is left running then. */
  static async open({ customers, ...where }: SceneOptions): Promise<VendorScene> {
    const port = await freePort();
    const [vendors, door] = await Promise.all([startVendors(), PublicDoor.before(port)]);
    try {
      const origins = { publicUrl: door.origin, providerOrigins: providerOrigins(vendors) };
      const system = await startSystem({ ...where, ...origins, port });
      const scene = new VendorScene(vendors, door, system, await Desk.signIn(system.signInUrl), customers);
      for (const account of vendors.accounts) {
        scene.#accounts.set(account.channel, await account.open(scene.admin));
      }
      return scene;
    } catch (error) {
      await Promise.all([vendors.stop(), door.close()]);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.system.stop();
    await Promise.all([this.vendors.stop(), this.door.close()]);
  }

  get channels(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  /** The next messages of every customer, by every channel. */
  everybodyWrites(): void {
    const accounts = [...this.#accounts.values()];
    for (let next = 0; next < BURST; next++) {
      this.written += 1;
      for (let customer = 0; customer < this.customers; customer++) {
        for (const account of accounts) account.write(customer, sayingOf(customer, this.written));
      }
    }
  }

  inboxOf(channel: string): string | undefined {
    return this.#accounts.get(channel)?.inbox.id;
  }

  /** Every message brought three times and in any order from now on. */
  disturb(): void {
    this.#isDisturbed = true;
    this.vendors.disturb();
  }

  /**
   * Waits until all that was written by a channel is on tickets. Messages of one burst, where the vendor keeps no order,
   * are told in the order of their numbers.
   */
  async told({ channel, kind }: CalledChannel): Promise<readonly Story[]> {
    const told = await toldOf(this.admin, this.#accounts.get(channel)!, this.customers, this.written);
    const { order } = this.vendors.accounts.find((each) => each.channel === channel)!;
    const isOrdered = order === 'always' || (order === 'undisturbed' && !this.#isDisturbed);
    return told.map(({ messages, tickets }) => {
      // Calls of one burst are made at once: whichever is answered first has the first ticket.
      const isInOrder = isOrdered && kind !== 'call';
      return { messages: isInOrder ? messages : withinBursts(messages), tickets: tickets.length };
    });
  }

  /** What `told` says when nothing is missing, doubled or out of order: a ticket a customer, or one a call. */
  expected({ kind }: CalledChannel): readonly Story[] {
    const messages = Array.from({ length: this.written }, (_, at) => at + 1);
    const tickets = kind === 'call' ? this.written : 1;
    return Array.from({ length: this.customers }, () => ({ messages, tickets }));
  }
}
