import { randomUUID } from 'node:crypto';
import type {
  AgentAvailability,
  DecisionView,
  InboxRequest,
  InboxView,
  MessageItem,
  PersonView,
  PresenceState,
  PresenceView,
  Problem,
  ReplyRequest,
  SessionView,
  SignInLinkView,
  TicketDetail,
  TicketPage,
  TicketPatch,
  TicketRow,
  TicketView,
} from '@tributary/contracts';
import { EventStream } from './event-stream.js';
import { eventually } from './eventually.js';

/** The lease is 45 s; browsers renew it as often. */
const HEARTBEAT_MS = 15_000;

/** An answer of the API that is no success, with its problem details. */
export class RefusedError extends Error {
  readonly code: string;

  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${status} ${problem.code}: ${problem.detail ?? problem.title}`);
    this.code = problem.code;
  }
}

/** The desk as one signed-in person uses it, over the API. */
export class Desk {
  #heartbeat: NodeJS.Timeout | undefined;

  private constructor(
    readonly url: string,
    readonly cookie: string,
    readonly session: SessionView,
  ) {}

  /** @throws RefusedError 401 `LINK_EXPIRED` when the link was used before. */
  static async signIn(signInUrl: string): Promise<Desk> {
    const { origin, searchParams } = new URL(signInUrl);
    const response = await fetch(`${origin}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ linkToken: searchParams.get('token') }),
    });
    const body: unknown = await response.json();
    if (!response.ok) throw new RefusedError(response.status, body as Problem);
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    return new Desk(origin, cookie, body as SessionView);
  }

  get personId(): string {
    return this.session.person.id;
  }

  /** A colleague's desk, by a one-time link that this person, an administrator, makes. */
  async colleague(email: string): Promise<Desk> {
    return Desk.signIn((await this.signInLink(email)).url);
  }

  async signInLink(email: string): Promise<SignInLinkView> {
    const person = (await this.people()).find((each) => each.email === email);
    if (!person) throw new Error(`nobody has the address ${email}`);
    return this.call('POST', `/api/people/${person.id}/sign-in-link`, {});
  }

  people(): Promise<readonly PersonView[]> {
    return this.call('GET', '/api/people');
  }

  inboxes(): Promise<readonly InboxView[]> {
    return this.call('GET', '/api/inboxes');
  }

  async inboxOf(channel: InboxView['channel']): Promise<InboxView> {
    const inbox = (await this.inboxes()).find((each) => each.channel === channel);
    if (!inbox) throw new Error(`there is no ${channel} inbox`);
    return inbox;
  }

  createInbox(request: InboxRequest): Promise<InboxView> {
    return this.call('POST', '/api/inboxes', request);
  }

  changeInbox(id: string, request: InboxRequest): Promise<InboxView> {
    return this.call('PATCH', `/api/inboxes/${id}`, request);
  }

  /** At most 200. */
  async tickets(view: TicketView = 'all', q?: string): Promise<readonly TicketRow[]> {
    const query = new URLSearchParams({ view, limit: '200', ...(q === undefined ? {} : { q }) });
    return (await this.call<TicketPage>('GET', `/api/tickets?${query.toString()}`)).rows;
  }

  /** Every ticket, however many pages. */
  async allTickets(): Promise<readonly TicketRow[]> {
    const rows: TicketRow[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: TicketPage = await this.call('GET', `/api/tickets?view=all&limit=200${query}`);
      rows.push(...page.rows);
      cursor = page.nextCursor;
    }
    return rows;
  }

  /** Waits for a ticket that fits, in any state. */
  async ticketWhere(what: string, fits: (row: TicketRow) => boolean): Promise<TicketRow> {
    return eventually(`a ticket: ${what}`, async () => (await this.tickets()).find(fits));
  }

  /** Waits for a ticket that the search finds by this text. */
  async ticketSaying(text: string): Promise<TicketDetail> {
    const row = await eventually(
      `a ticket that says ${text}`,
      async () => (await this.tickets('all', text))[0],
    );
    return this.ticket(row.id);
  }

  ticket(id: string): Promise<TicketDetail> {
    return this.call('GET', `/api/tickets/${id}`);
  }

  /** Waits until the ticket's detail fits. */
  async ticketUntil(
    id: string,
    what: string,
    fits: (ticket: TicketDetail) => boolean,
  ): Promise<TicketDetail> {
    return eventually(`ticket ${id}: ${what}`, async () => {
      const ticket = await this.ticket(id);
      return fits(ticket) ? ticket : undefined;
    });
  }

  decisions(ticketId: string): Promise<readonly DecisionView[]> {
    return this.call('GET', `/api/tickets/${ticketId}/decisions`);
  }

  reply(ticketId: string, request: ReplyRequest, key: string = randomUUID()): Promise<TicketDetail> {
    return this.call('POST', `/api/tickets/${ticketId}/replies`, request, { 'idempotency-key': key });
  }

  note(ticketId: string, text: string, key: string = randomUUID()): Promise<TicketDetail> {
    return this.call('POST', `/api/tickets/${ticketId}/notes`, { text }, { 'idempotency-key': key });
  }

  change(ticketId: string, patch: TicketPatch): Promise<TicketDetail> {
    return this.call('PATCH', `/api/tickets/${ticketId}`, patch);
  }

  availability(): Promise<readonly AgentAvailability[]> {
    return this.call('GET', '/api/agents/availability');
  }

  /** Says it once; the lease ends by itself. */
  presence(state: PresenceState): Promise<PresenceView> {
    return this.call('PUT', '/api/presence', { state });
  }

  /** Available until `leave`, as an open console is. */
  async startWork(): Promise<void> {
    await this.presence('available');
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      this.presence('available').catch(() => undefined);
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  async leave(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.presence('offline');
  }

  stream(lastEventId?: string): Promise<EventStream> {
    return EventStream.open(`${this.url}/api/stream`, {
      cookie: this.cookie,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    });
  }

  /** The bytes of a message as they came, or of an attachment by its address. */
  async bytes(path: string): Promise<Buffer> {
    const response = await fetch(`${this.url}${path}`, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new RefusedError(response.status, (await response.json()) as Problem);
    return Buffer.from(await response.arrayBuffer());
  }

  original(messageId: string): Promise<Buffer> {
    return this.bytes(`/api/messages/${messageId}/original`);
  }

  /** @throws RefusedError for every answer that is no success. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        cookie: this.cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = response.status === 204 ? undefined : await response.json();
    if (!response.ok) throw new RefusedError(response.status, answer as Problem);
    return answer as T;
  }
}

export function messagesOf(ticket: TicketDetail): readonly MessageItem[] {
  return ticket.thread.filter((item): item is MessageItem => item.kind === 'message');
}
