import { encodeRecord, type PersonView, ticketEvents, type TicketEventType } from '@tributary/contracts';
import type { RecordBatch } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import type { TestGateway, TestWorkspace } from './a-gateway.js';

export interface AnEvent {
  readonly type?: TicketEventType;
  readonly actor?: string;
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly at?: Date;
}

/** Tickets and people of a workspace, as `tickets` and the router would have written them. */
export class NoticedDesk {
  constructor(
    private readonly gateway: TestGateway,
    readonly workspace: TestWorkspace,
    readonly admin: string,
  ) {}

  async colleague(wecomUserId: string | null, more: object = {}): Promise<PersonView> {
    const body = { name: 'Mei', email: `${newId()}@example.com`, wecomUserId, timeZone: 'UTC', ...more };
    return (await this.gateway.ask<PersonView>('POST', '/api/people', { cookie: this.admin, body })).body;
  }

  async ticket(assigneeId: string | null, status = 'open'): Promise<string> {
    const id = newId();
    await this.gateway.owner.query(
      `INSERT INTO tickets.ticket (id, workspace_id, number, subject, status, assignee_id)
       VALUES ($1, $2, 1042, '发票', $3, $4)`,
      [id, this.workspace.id, status, assigneeId],
    );
    return id;
  }

  /** Also in the ticket's history, as its record comes from there. */
  async event(ticketId: string, assigneeId: string, event: AnEvent = {}): Promise<Buffer> {
    const { type = 'ticket.assigned', id = newId(), actor = 'router', at = this.gateway.clock.now() } = event;
    await this.gateway.owner.query(
      'INSERT INTO tickets.event (workspace_id, ticket_id, type, actor, at) VALUES ($1, $2, $3, $4, $5)',
      [this.workspace.id, ticketId, type, actor, at],
    );
    const changes = event.changes ?? (type === 'ticket.assigned' ? { assignee_id: [null, assigneeId] } : {});
    return encodeRecord({
      ...{ id, type, version: 1, workspaceId: this.workspace.id, occurredAt: at.toISOString() },
      payload: { ticketId, number: '1042', ticketVersion: 2, actor, changes },
    });
  }

  change(
    ticketId: string,
    change: { readonly assigneeId?: string; readonly status?: string },
  ): Promise<unknown> {
    return this.gateway.owner.query(
      `UPDATE tickets.ticket SET assignee_id = coalesce($2, assignee_id), status = coalesce($3, status) WHERE id = $1`,
      [ticketId, change.assigneeId ?? null, change.status ?? null],
    );
  }

  /** @returns the way to close it. */
  async openPage(personId: string, openedAt: Date, heldUntil: Date): Promise<() => Promise<unknown>> {
    const id = newId();
    const { owner } = this.gateway;
    await owner.query(
      `INSERT INTO tickets.open_page (id, workspace_id, person_id, opened_at, held_until) VALUES ($1, $2, $3, $4, $5)`,
      [id, this.workspace.id, personId, openedAt, heldUntil],
    );
    return () => owner.query('DELETE FROM tickets.open_page WHERE id = $1', [id]);
  }

  presence(
    personId: string,
    state: string,
    leaseUntil: Date,
    absentSince: Date | null = null,
  ): Promise<unknown> {
    return this.gateway.owner.query(
      `INSERT INTO routing.presence (workspace_id, agent_id, state, lease_until, absent_since, idle_since)
       VALUES ($1, $2, $3, $4, $5, now())`,
      [this.workspace.id, personId, state, leaseUntil, absentSince],
    );
  }

  /** What became of the workspace's notices, in the order in which they happened. */
  async ends(): Promise<string[]> {
    const rows: { state: string }[] = await this.gateway.owner.query(
      'SELECT state FROM channels.colleague_notice WHERE workspace_id = $1 ORDER BY occurred_at, ended_at',
      [this.workspace.id],
    );
    return rows.map(({ state }) => state);
  }
}

/** Records of one partition of `ticket.events`. */
export function aTicketEventBatch(values: readonly Buffer[]): RecordBatch {
  return {
    ...{ topic: ticketEvents.name, partition: 0, epoch: 1n, signal: new AbortController().signal },
    heartbeat: async () => undefined,
    records: values.map((value, i) => ({
      ...{ topic: ticketEvents.name, partition: 0, offset: BigInt(i), key: '', value, headers: {} },
      appendedAt: new Date(),
    })),
  };
}
