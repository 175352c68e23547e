import { Client } from 'pg';

/** The log that stands in the database, taken away while the rest of the database serves on. */
export class EmbeddedLog {
  private constructor(private readonly client: Client) {}

  /** @param databaseUrl of a login that may change the log. */
  static async of(databaseUrl: string): Promise<EmbeddedLog> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    return new EmbeddedLog(client);
  }

  /** Whoever appends hears at once that it failed. */
  async refuse(): Promise<void> {
    await this.client.query('ALTER FUNCTION log.append RENAME TO append_that_is_away');
  }

  async accept(): Promise<void> {
    await this.client.query('ALTER FUNCTION log.append_that_is_away RENAME TO append');
  }

  /** Whoever appends waits; readers do not. */
  async hold(): Promise<void> {
    await this.client.query('BEGIN');
    await this.client.query('LOCK TABLE log.partition IN EXCLUSIVE MODE');
  }

  async release(): Promise<void> {
    await this.client.query('COMMIT');
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
