import {
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  ParseUUIDPipe,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { HostedInbox, InboxLookup } from '@tributary/channel-host';
import { ProblemError } from '@tributary/runtime';
import { openEventStream, SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { FORM_PAGE_POLICY, formPage, progressPage } from './form-page.js';
import { readSubmission } from './form-submission.js';
import { ThreadHub } from '../threads/thread-hub.js';
import { ProgressService, type ProgressView } from './progress.service.js';
import { progressToken } from './progress-token.js';
import { SubmissionDoor } from './submission-door.js';
import { INBOX_LOOKUP } from '../gateway-tokens.js';

interface Accepted {
  /** The customer's private page. */
  readonly progressUrl: string;
}

/** The hosted form: its page, its endpoint, and the customer's private page with the thread. */
@Controller('f/:inboxId')
@ApiSecurity({})
export class FormController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(INBOX_LOOKUP) private readonly inboxes: InboxLookup,
    private readonly door: SubmissionDoor,
    private readonly progress: ProgressService,
    private readonly hub: ThreadHub,
    private readonly config: GatewayConfig,
  ) {}

  /** May stand in anybody's page: it holds nothing but an empty form. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', `${FORM_PAGE_POLICY}; frame-ancestors *`)
  async page(@Param('inboxId', ParseUUIDPipe) inboxId: string): Promise<string> {
    return formPage(await this.#inbox(inboxId));
  }

  @Post('messages')
  @HttpCode(202)
  async submit(
    @Param('inboxId', ParseUUIDPipe) inboxId: string,
    @Req() request: FastifyRequest,
  ): Promise<Accepted> {
    const inbox = await this.#inbox(inboxId);
    const { submission, raw } = await readSubmission(request, inbox.id);
    // The token that continues a conversation is ours to add, on the private page only.
    if ('thread' in submission.fields) throw new ProblemError(400, 'BAD_FIELD', 'thread is not yours to set');
    await this.door.accept(inbox, submission, raw);
    const key = this.context.masterKey.derive('progress', inbox.workspaceId);
    const token = progressToken(key, inbox.id, submission.id);
    return { progressUrl: `${this.config.TRIBUTARY_PUBLIC_URL}/f/${inbox.id}/p/${token}` };
  }

  @Get('p/:token')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', `${FORM_PAGE_POLICY}; frame-ancestors 'none'`)
  @Header('referrer-policy', 'no-referrer')
  @Header('cache-control', 'no-store')
  async progressPage(
    @Param('inboxId', ParseUUIDPipe) inboxId: string,
    @Param('token') token: string,
  ): Promise<string> {
    const inbox = await this.#inbox(inboxId);
    this.progress.submissionOf(inbox, token);
    return progressPage(inbox);
  }

  @Get('p/:token/thread')
  @Header('cache-control', 'no-store')
  async thread(
    @Param('inboxId', ParseUUIDPipe) inboxId: string,
    @Param('token') token: string,
  ): Promise<ProgressView> {
    return this.progress.view(await this.#inbox(inboxId), token);
  }

  /** Says `changed` whenever the page should read its thread again. */
  @Get('p/:token/events')
  async events(
    @Param('inboxId', ParseUUIDPipe) inboxId: string,
    @Param('token') token: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const inbox = await this.#inbox(inboxId);
    const { id } = await this.progress.conversation(inbox, token);
    const stream = openEventStream(reply);
    const changed = () => stream.send({ event: 'changed', data: {} });
    stream.whenClosed(this.hub.watch(inbox.workspaceId, { conversationId: id }, changed));
    changed();
  }

  /** The customer's answer on their page: same conversation, same way in. */
  @Post('p/:token/messages')
  @HttpCode(202)
  async answer(
    @Param('inboxId', ParseUUIDPipe) inboxId: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
  ): Promise<Accepted> {
    const inbox = await this.#inbox(inboxId);
    const conversation = await this.progress.conversation(inbox, token);
    const { submission, raw } = await readSubmission(request, conversation.id);
    const stranger = Object.keys(submission.fields).find((field) => field !== 'text');
    if (stranger !== undefined) throw new ProblemError(400, 'BAD_FIELD', 'an answer is text and files');
    await this.door.accept(
      inbox,
      {
        ...submission,
        fields: {
          text: submission.fields.text ?? '',
          email: conversation.email,
          name: conversation.name,
          thread: conversation.threadToken,
        },
      },
      raw,
    );
    return { progressUrl: `${this.config.TRIBUTARY_PUBLIC_URL}/f/${inbox.id}/p/${token}` };
  }

  async #inbox(inboxId: string): Promise<HostedInbox> {
    const inbox = await this.inboxes.byId(inboxId);
    if (inbox?.channel !== 'web_form') throw new ProblemError(404, 'FORM_NOT_FOUND');
    return inbox;
  }
}
