import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Channel } from '@tributary/contracts';
import type { SignedInPerson } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import fc from 'fast-check';
import { POLICIES, TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aChange, aMessage, type TestInbox } from '../testing/a-message.js';
import { type CustomerAct, TestProvider } from '../testing/a-provider.js';

const HOUR = 3_600_000;

type Step =
  | { readonly does: CustomerAct; readonly after: number }
  /** Agents, each on a ticket of their own where there are several, at the same moment. */
  | { readonly does: 'send'; readonly after: number; readonly agents: number; readonly files: number }
  | { readonly does: 'fail'; readonly after: number; readonly code: 'unavailable' | 'unknown_outcome' }
  | { readonly does: 'retry'; readonly after: number };

const aWhile = fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 60 * HOUR }));
const anAct = fc.record({
  does: fc.constantFrom<CustomerAct>('wrote', 'wrote', 'followed', 'stops', 'returns'),
  after: aWhile,
});
const aSend = fc.record({
  does: fc.constant('send' as const),
  after: fc.oneof(fc.constant(1), aWhile),
  agents: fc.integer({ min: 1, max: 4 }),
  files: fc.integer({ min: 0, max: 2 }),
});
const aFault = fc.oneof(
  fc.record({
    does: fc.constant('fail' as const),
    after: fc.constant(1),
    code: fc.constantFrom('unavailable' as const, 'unknown_outcome' as const),
  }),
  fc.record({ does: fc.constant('retry' as const), after: fc.oneof(fc.constant(1), aWhile) }),
);

describe.each([15, 18] as const)('no send leaves window or budget, on PostgreSQL %i', (version) => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let person: SignedInPerson;

  beforeAll(async () => {
    desk = await TestDesk.open(version);
    workspace = await desk.workspace();
    person = await workspace.person('Li');
  });
  afterAll(() => desk.end());

  it.each<Channel>(['wechat_oa', 'messenger'])(
    'on %s, and nothing is refused that the provider would take, whatever happens in which order',
    async (channel) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(anAct, aSend, aSend), { minLength: 4, maxLength: 16 }), (steps) =>
          new Conversation(desk, workspace, person, channel).live(steps, 'exactly'),
        ),
        { numRuns: 12 },
      );
    },
  );

  it.each<Channel>(['wechat_oa', 'messenger'])(
    'on %s, also where sends fail, surely or perhaps, and are tried again',
    async (channel) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(anAct, aSend, aFault, aFault), { minLength: 4, maxLength: 20 }),
          (steps) => new Conversation(desk, workspace, person, channel).live(steps, 'at most'),
        ),
        { numRuns: 12 },
      );
    },
  );
});

const CODES = {
  consent_withdrawn: 'CONSENT_WITHDRAWN',
  not_begun: 'SEND_WINDOW_CLOSED',
  window_over: 'SEND_WINDOW_CLOSED',
  budget_spent: 'SEND_BUDGET_SPENT',
} as const;

interface Accepted {
  readonly messageId: string;
  readonly at: number;
  readonly messages: number;
}

/** A customer with two tickets, and the provider that stands between. */
class Conversation {
  readonly #inbox: TestInbox;
  readonly #from = `${newId()}@example.org`;
  readonly #provider: TestProvider;
  readonly #tickets: string[] = [];
  readonly #accepted: Accepted[] = [];
  readonly #failed: Accepted[] = [];

  constructor(
    private readonly desk: TestDesk,
    private readonly workspace: TestWorkspace,
    private readonly person: SignedInPerson,
    channel: Channel,
  ) {
    this.#inbox = workspace.inbox(channel);
    this.#provider = new TestProvider(POLICIES[channel]!.windows, 0);
  }

  async live(steps: readonly Step[], claim: 'exactly' | 'at most'): Promise<void> {
    await this.#begin();
    for (const step of steps) {
      this.desk.clock.advance(step.after);
      if (step.does === 'send') await this.#send(step.agents, step.files, claim);
      else if (step.does === 'fail') await this.#fail(step.code);
      else if (step.does === 'retry') await this.#retry();
      else await this.#act(step.does);
    }
  }

  get #now(): number {
    return this.desk.clock.now().getTime();
  }

  /** What comes after a closed ticket begins another one: two tickets share the customer's budget. */
  async #begin(): Promise<void> {
    await this.#act('wrote');
    const [first] = await this.#rows();
    await this.desk.owner.query(`UPDATE tickets.ticket SET status = 'closed' WHERE id = $1`, [first]);
    this.desk.clock.advance(1);
    await this.#act('wrote');
    await this.desk.owner.query(`UPDATE tickets.ticket SET status = 'open' WHERE id = $1`, [first]);
    this.#tickets.push(...(await this.#rows()));
    assert.equal(this.#tickets.length, 2);
  }

  async #rows(): Promise<string[]> {
    const rows: { id: string }[] = await this.desk.owner.query(
      'SELECT id FROM tickets.ticket WHERE inbox_id = $1 ORDER BY number',
      [this.#inbox.id],
    );
    return rows.map(({ id }) => id);
  }

  async #act(act: CustomerAct): Promise<void> {
    const from = { kind: 'email', value: this.#from };
    const receivedAt = this.desk.clock.now().toISOString();
    const records = {
      wrote: () => aMessage().inInbox(this.#inbox).from(this.#from).with({ receivedAt }),
      followed: () =>
        aChange(this.#inbox, 'customer.acted', { from, receivedAt, activity: 'SCAN', fields: {} }),
      stops: () => aChange(this.#inbox, 'consent.changed', { from, receivedAt, consent: 'withdrawn' }),
      returns: () => aChange(this.#inbox, 'consent.changed', { from, receivedAt, consent: 'given' }),
    };
    await this.desk.receive([records[act]()]);
    this.#provider.hear(act, this.#now);
    // Who wants to hear from us again has followed us.
    if (act === 'returns') this.#provider.hear('followed', this.#now);
  }

  async #send(agents: number, files: number, claim: 'exactly' | 'at most'): Promise<void> {
    const messages = 1 + files;
    const uploads = await Promise.all(
      Array.from({ length: agents }, () => Promise.all(Array.from({ length: files }, () => this.#upload()))),
    );
    const outcomes = await Promise.all(
      uploads.map((uploadIds, i) =>
        this.desk.commands
          .addMessage(this.person, {
            ...{ ticketId: this.#tickets[i % 2]!, direction: 'outbound', text: 'Hello', uploadIds },
            idempotencyKey: newId(),
          })
          .then(
            (messageId) => ({ messageId }),
            ({ code, detail }: { code: string; detail: string }) => ({ code, detail }),
          ),
      ),
    );
    for (const outcome of outcomes) {
      if (!('messageId' in outcome)) continue;
      this.#provider.take(this.#now, messages);
      this.#accepted.push({ messageId: outcome.messageId, at: this.#now, messages });
    }
    const refused = outcomes.flatMap((outcome) => ('code' in outcome ? [outcome] : []));
    if (refused.length === 0) return;
    for (const { detail } of refused) assert.match(detail, / until |has to begin/);
    if (claim === 'at most') return;
    const reason = this.#provider.refusal(this.#now, messages)?.reason;
    assert.equal(reason && CODES[reason], refused[0]!.code);
  }

  async #fail(code: string): Promise<void> {
    const last = this.#accepted.pop();
    if (last === undefined) return;
    await this.desk.owner.query(
      `UPDATE tickets.delivery SET state = 'failed', error_code = $2 WHERE message_id = $1`,
      [last.messageId, code],
    );
    if (code === 'unavailable') this.#provider.forget(last.at, last.messages);
    this.#failed.push(last);
  }

  async #retry(): Promise<void> {
    const last = this.#failed.pop();
    if (last === undefined) return;
    const done = await this.desk.commands.retry(this.person, last.messageId).then(
      () => true,
      () => false,
    );
    if (!done) return;
    this.#provider.take(this.#now, last.messages);
    this.#accepted.push({ ...last, at: this.#now });
  }

  async #upload(): Promise<string> {
    const id = newId();
    await this.desk.owner.query(
      `INSERT INTO tickets.attachment (id, workspace_id, uploaded_by, name, content_type, size, object_key, sha256,
         disposition, created_at) VALUES ($1, $2, $3, 'a', 'image/png', 1, 'k', 'x', 'attachment', now())`,
      [id, this.workspace.id, this.person.id],
    );
    return id;
  }
}
