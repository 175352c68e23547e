import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** How far the messages of a run have come. A run is told by how its subjects, or texts without one, begin. */
export interface Stored {
  /** Messages in the book of record. */
  readonly messages: number;
  /** Different things that customers sent, among them. */
  readonly distinct: number;
  readonly tickets: number;
  readonly assigned: number;
}

/** Reads what became of the posts, past the product and all its caches. */
export class Store {
  private constructor(private readonly client: Client) {}

  static async open(connectionString: string): Promise<Store> {
    const client = new Client({ connectionString, application_name: 'tributary-bench' });
    await client.connect();
    return new Store(client);
  }

  async of(run: string): Promise<Stored> {
    const { rows } = await this.client.query<Stored>(
      `SELECT count(*)::int AS messages, count(DISTINCT coalesce(m.subject, m.text))::int AS distinct,
              count(DISTINCT t.id)::int AS tickets,
              count(DISTINCT t.id) FILTER (WHERE t.assignee_id IS NOT NULL)::int AS assigned
       FROM tickets.message m JOIN tickets.ticket t ON t.id = m.ticket_id
       WHERE m.direction = 'inbound' AND coalesce(m.subject, m.text) LIKE $1 || '%'`,
      [`Order ${run}-`],
    );
    return rows[0]!;
  }

  /** Tickets that have an agent. */
  async assigned(): Promise<number> {
    const { rows } = await this.client.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM tickets.ticket WHERE assignee_id IS NOT NULL',
    );
    return rows[0]!.n;
  }

  async messages(): Promise<number> {
    const { rows } = await this.client.query<{ n: number }>('SELECT count(*)::int AS n FROM tickets.message');
    return rows[0]!.n;
  }

  /** Agents who carry more than they can, or more than once the same ticket. */
  async overloaded(): Promise<number> {
    const { rows } = await this.client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM (
         SELECT agent_id FROM routing.work_item WHERE state = 'assigned' AND NOT by_hand
         GROUP BY agent_id HAVING sum(units) > 100) AS over`,
    );
    return rows[0]!.n;
  }

  /** Waits until all posts of a run are stored and nothing is on its way between the services. */
  async quiet(run: string, messages: number, withinMs = 300_000): Promise<Stored> {
    const end = performance.now() + withinMs;
    for (;;) {
      const stored = await this.of(run);
      if (stored.messages >= messages && (await this.#outboxesAreEmpty())) return this.of(run);
      if (performance.now() > end) return stored;
      await sleep(100);
    }
  }

  /** What autovacuum does within the first minute of an installation; a bench is over before that. */
  async analyze(): Promise<void> {
    await this.client.query('ANALYZE');
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  async #outboxesAreEmpty(): Promise<boolean> {
    const { rows } = await this.client.query<{ busy: boolean }>(
      'SELECT EXISTS (SELECT FROM tickets.outbox) OR EXISTS (SELECT FROM routing.outbox) AS busy',
    );
    return !rows[0]!.busy;
  }
}
