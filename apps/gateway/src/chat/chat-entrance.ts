import type { HostedInbox, InboxLookup } from '@tributary/channel-host';
import type { ChatSession, ChatSessionRequest } from '@tributary/contracts';
import { newId, ProblemError } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { AttemptLimit } from '../session/attempt-limit.js';
import { verifyAppToken } from './app-token.js';
import { allowAnyOrigin, allowOrigin } from './chat-origin.js';
import { type ChatCustomer, chatToken, signedCustomer, verifyChatToken } from './chat-session.js';

/** A customer who is let in. */
export interface ChatGuest {
  readonly inbox: HostedInbox;
  readonly customer: ChatCustomer;
}

const MINUTE = 60_000;
/** From one address, behind which a whole company may sit. */
const NEW_VISITORS = { windowMs: 15 * MINUTE, attempts: 300 };
/** Mail to an address that nobody has proved. */
const TRANSCRIPTS = { windowMs: 60 * MINUTE, attempts: 5 };
const MESSAGES = { windowMs: MINUTE, attempts: 60 };
/** Typing marks, receipts, streams, files. */
const SIGNALS = { windowMs: MINUTE, attempts: 240 };

/** Who may speak to which chat: the site first, then the session, then how often. */
export class ChatEntrance {
  readonly #visitors: AttemptLimit;
  readonly #messages: AttemptLimit;
  readonly #transcripts: AttemptLimit;
  readonly #signals: AttemptLimit;

  constructor(
    private readonly context: ServiceContext,
    private readonly inboxes: InboxLookup,
    private readonly config: GatewayConfig,
  ) {
    this.#visitors = new AttemptLimit(context.clock, NEW_VISITORS);
    this.#transcripts = new AttemptLimit(context.clock, TRANSCRIPTS);
    this.#messages = new AttemptLimit(context.clock, MESSAGES);
    this.#signals = new AttemptLimit(context.clock, SIGNALS);
  }

  /** @throws ProblemError 404 for no chat of ours, 403 for a site that is not the inbox's. */
  async inbox(inboxId: string, request: FastifyRequest, reply: FastifyReply): Promise<HostedInbox> {
    const inbox = await this.spoken(inboxId, request, reply);
    if (inbox.channel !== 'web_chat') throw new ProblemError(404, 'CHAT_NOT_FOUND');
    return inbox;
  }

  /** The same for an app's inbox, which has no pages; what looks like one is the app itself. */
  async spoken(inboxId: string, request: FastifyRequest, reply: FastifyReply): Promise<HostedInbox> {
    const inbox = await this.inboxes.byId(inboxId);
    if (inbox?.channel === 'app') allowAnyOrigin(request, reply);
    else if (inbox?.channel === 'web_chat') {
      allowOrigin(request, reply, inbox, this.config.TRIBUTARY_PUBLIC_URL);
    } else throw new ProblemError(404, 'CHAT_NOT_FOUND');
    return inbox;
  }

  /** @throws ProblemError 401 `SESSION_EXPIRED` without a good token, 403 as `open`, 429 when it is too often. */
  async guest(
    inboxId: string,
    request: FastifyRequest,
    reply: FastifyReply,
    what: 'message' | 'transcript' | 'signal' = 'signal',
  ): Promise<ChatGuest> {
    const inbox = await this.spoken(inboxId, request, reply);
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const customer =
      inbox.channel === 'app'
        ? await verifyAppToken(inbox.settings.tokenSecret, token, this.context.clock.now())
        : this.#verify(inbox, token);
    if (!customer) throw new ProblemError(401, 'SESSION_EXPIRED', 'begin a session again');
    if (customer.kind === 'visitor') refuseStrangers(inbox);
    const limits = { message: this.#messages, transcript: this.#transcripts, signal: this.#signals };
    limits[what].take(inbox.id, `${customer.kind}:${customer.id}`);
    return { inbox, customer };
  }

  /**
   * A session for a visitor, the one that a token goes on with, or that of a user whom the site has signed for.
   *
   * @throws ProblemError 403 for a user without the site's signature, or a visitor where none may write.
   */
  open(inbox: HostedInbox, { token, user }: ChatSessionRequest, address: string): ChatSession {
    if (user) return this.#session(inbox, signedCustomer(inbox.settings.identitySecret, user));
    const earlier = token === undefined ? undefined : this.#verify(inbox, token);
    // A page that names no user speaks for no user, whatever an earlier page has left behind.
    refuseStrangers(inbox);
    if (earlier?.kind === 'visitor') return this.#session(inbox, earlier);
    this.#visitors.take(inbox.id, address);
    return this.#session(inbox, { kind: 'visitor', id: newId() });
  }

  #session(inbox: HostedInbox, customer: ChatCustomer): ChatSession {
    const token = chatToken(this.#key(inbox), inbox.id, customer, this.context.clock.now());
    return { token, verified: customer.kind === 'user' };
  }

  #verify(inbox: HostedInbox, token: string): ChatCustomer | undefined {
    return verifyChatToken(this.#key(inbox), inbox.id, token, this.context.clock.now());
  }

  #key(inbox: HostedInbox): Buffer {
    return this.context.masterKey.derive('chat-session', inbox.workspaceId);
  }
}

function refuseStrangers(inbox: HostedInbox): void {
  if (inbox.settings.signedOnly === true) throw new ProblemError(403, 'IDENTITY_NEEDED');
}
