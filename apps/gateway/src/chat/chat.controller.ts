import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Options,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Acceptance, HostedInbox } from '@tributary/channel-host';
import {
  type ChatAccepted,
  type ChatPage,
  type ChatSession,
  type ChatSettings,
  TRANSCRIPT_REQUESTED,
  TYPING_CHANNEL,
  type TypingNotice,
} from '@tributary/contracts';
import { ProblemError } from '@tributary/runtime';
import { openEventStream, SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readSubmission } from '../forms/form-submission.js';
import { SubmissionDoor } from '../forms/submission-door.js';
import { ACCEPTANCE } from '../gateway-tokens.js';
import { ThreadHub } from '../threads/thread-hub.js';
import { ChatEntrance, type ChatGuest } from './chat-entrance.js';
import { ChatFollower } from './chat-follower.js';
import { ChatHoursService } from './chat-hours.js';
import { allowMethods } from './chat-origin.js';
import { CHAT_PAGE_POLICY, chatPage } from './chat-page.js';
import { ChatThread, identityOf } from './chat-thread.js';
import { ChatReceiptDto, ChatSessionDto, ChatTranscriptDto } from './chat.dto.js';

/** What a customer may say beside the message; the rest is ours to add, or a stranger. */
const CUSTOMER_FIELDS = new Set(['text', 'name', 'email', 'language', 'page']);

/** The customers' chat: called by the widget in pages of other sites, by our own page of it, and by companies' apps. */
@Controller('chat/:inboxId')
@ApiSecurity({})
export class ChatController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(ACCEPTANCE) private readonly acceptance: Acceptance,
    private readonly entrance: ChatEntrance,
    private readonly door: SubmissionDoor,
    private readonly thread: ChatThread,
    private readonly hours: ChatHoursService,
    private readonly hub: ThreadHub,
  ) {}

  /** A page with the chat alone: to try it, and for who has no site. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CHAT_PAGE_POLICY)
  @Header('cache-control', 'no-store')
  async page(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const inbox = await this.entrance.inbox(inboxId, request, reply);
    return chatPage(inbox, request.headers['accept-language']);
  }

  /** Browsers ask before a page of another site may send what is more than a form. */
  @Options([':place', 'files/:place'])
  @HttpCode(204)
  async preflight(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.entrance.spoken(inboxId, request, reply);
    allowMethods(reply);
  }

  @Get('settings')
  @Header('cache-control', 'no-store')
  async settings(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatSettings> {
    const inbox = await this.entrance.inbox(inboxId, request, reply);
    const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
    const { title, greeting, accent, ask, signedOnly } = inbox.settings;
    return {
      ...{ title: text(title), greeting: text(greeting), accent: text(accent) },
      ask: (text(ask) ?? 'offered') as ChatSettings['ask'],
      signedOnly: signedOnly === true,
      hours: await this.hours.of(inbox),
      transcripts: await this.thread.hasMail(inbox),
    };
  }

  @Post('sessions')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async session(
    @Param('inboxId') inboxId: string,
    @Body() body: ChatSessionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatSession> {
    return this.entrance.open(await this.entrance.inbox(inboxId, request, reply), body, request.ip);
  }

  @Post('messages')
  @HttpCode(202)
  async message(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatAccepted> {
    const { inbox, customer } = await this.entrance.guest(inboxId, request, reply, 'message');
    const clientId = request.headers['idempotency-key'];
    if (typeof clientId !== 'string') throw new ProblemError(400, 'BAD_IDEMPOTENCY_KEY', 'it is needed');
    const { submission, raw } = await readSubmission(request, `${customer.kind}:${customer.id}`);
    const stranger = Object.keys(submission.fields).find((field) => !CUSTOMER_FIELDS.has(field));
    if (stranger !== undefined) throw new ProblemError(400, 'BAD_FIELD', `${stranger} is not yours to set`);
    const { name } = customer;
    const signed = { [customer.kind]: customer.id, ...(name === undefined ? {} : { name }) };
    const fields = { ...submission.fields, clientId, ...signed };
    await this.door.accept(inbox, { ...submission, fields }, raw);
    return { clientId };
  }

  /** For whoever cannot keep a stream open: the same messages, from the same cursors. */
  @Get('messages')
  @Header('cache-control', 'no-store')
  async messages(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('after') after?: string,
  ): Promise<ChatPage> {
    const { inbox, customer } = await this.entrance.guest(inboxId, request, reply);
    const conversationId = await this.thread.conversationId(inbox, customer);
    const from = cursorIn(after);
    const state = await this.thread.state(inbox, conversationId);
    if (conversationId === undefined) return { messages: [], cursor: String(from), more: false, state };
    const { messages, cursor, full } = await this.thread.after(inbox, conversationId, from);
    return { messages, cursor: String(cursor), more: full, state };
  }

  @Get('events')
  async events(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    const { inbox, customer } = await this.entrance.guest(inboxId, request, reply);
    const conversationId = await this.thread.conversationId(inbox, customer);
    const failed = (error: unknown) => this.context.logger.warn({ err: error }, 'chat_read_failed');
    const stream = openEventStream(reply);
    const { thread, hub } = this;
    ChatFollower.follow(
      { inbox, customer, thread, hub, stream, failed },
      conversationId,
      cursorIn(lastEventId),
    );
  }

  /** The customer writes: whoever has the ticket open sees it. */
  @Post('typing')
  @HttpCode(204)
  async typing(
    @Param('inboxId') inboxId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const guest = await this.entrance.guest(inboxId, request, reply);
    const { inbox, customer } = guest;
    const conversationId = await this.thread.conversationId(inbox, customer);
    const ticketId = conversationId && (await this.thread.ticketId(inbox, conversationId));
    if (!conversationId || !ticketId) return;
    const { workspaceId } = inbox;
    const notice: TypingNotice = { workspaceId, conversationId, ticketId, by: 'contact', name: '' };
    await this.context.dataSource.query('SELECT pg_notify($1, $2)', [TYPING_CHANNEL, JSON.stringify(notice)]);
  }

  /** One of our messages is on the customer's screen, or was read there. */
  @Post('receipts')
  @HttpCode(202)
  async receipt(
    @Param('inboxId') inboxId: string,
    @Body() { messageId, state }: ChatReceiptDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, never>> {
    const guest = await this.entrance.guest(inboxId, request, reply);
    const { inbox } = guest;
    const conversationId = await this.#conversation(guest);
    const attempt = await this.thread.replyAttempt(inbox, conversationId, messageId);
    if (attempt === undefined) throw new ProblemError(404, 'MESSAGE_NOT_FOUND');
    const raw = Buffer.from(JSON.stringify({ ...identityOf(inbox, guest.customer), messageId, state }));
    const providerEventId = `${messageId}.${attempt}.${state}`;
    const sent = { messageId, attempt };
    await this.#keep(inbox, () =>
      this.acceptance.accept(inbox, raw, [
        { kind: 'receipt', providerEventId, externalId: messageId, sent, state },
      ]),
    );
    return {};
  }

  /** What was said, by mail: only once somebody of ours has answered, else strangers would mail strangers by us. */
  @Post('transcripts')
  @HttpCode(202)
  async transcript(
    @Param('inboxId') inboxId: string,
    @Body() { email }: ChatTranscriptDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, never>> {
    const guest = await this.entrance.guest(inboxId, request, reply, 'transcript');
    const { inbox } = guest;
    const conversationId = await this.#conversation(guest);
    const end = await this.thread.end(inbox, conversationId);
    if (end === undefined) throw new ProblemError(409, 'NOT_ANSWERED_YET', 'nobody has answered yet');
    const address = email.toLowerCase();
    const from = identityOf(inbox, guest.customer);
    const raw = Buffer.from(JSON.stringify({ ...from, email: address, end }));
    const providerEventId = `transcript:${conversationId}:${end}:${address}`;
    const activity = {
      kind: 'activity',
      activity: TRANSCRIPT_REQUESTED,
      fields: { email: address },
    } as const;
    await this.#keep(inbox, () =>
      this.acceptance.accept(inbox, raw, [{ ...activity, providerEventId, from }]),
    );
    return {};
  }

  /** Shown by the widget alone, never as a page of ours. */
  @Get('files/:fileId')
  async file(
    @Param('inboxId') inboxId: string,
    @Param('fileId') fileId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const guest = await this.entrance.guest(inboxId, request, reply);
    const isId = /^[0-9a-f-]{36}$/.test(fileId);
    const file = isId
      ? await this.thread.file(guest.inbox, await this.#conversation(guest), fileId)
      : undefined;
    if (!file) throw new ProblemError(404, 'FILE_NOT_FOUND');
    await reply
      .headers({
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, max-age=86400',
      })
      .send(await this.context.objects.get(file.object_key));
  }

  async #conversation({ inbox, customer }: ChatGuest): Promise<string> {
    const id = await this.thread.conversationId(inbox, customer);
    if (id === undefined) throw new ProblemError(404, 'CONVERSATION_NOT_FOUND');
    return id;
  }

  async #keep(inbox: HostedInbox, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.context.logger.warn({ err: error, inboxId: inbox.id }, 'chat_not_accepted');
      throw new ProblemError(503, 'NOT_ACCEPTED', 'please send it again in a moment', undefined, {
        'retry-after': '2',
      });
    }
  }
}

/** What is no cursor of ours begins with the last page. */
function cursorIn(text: string | undefined): number {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0;
}
