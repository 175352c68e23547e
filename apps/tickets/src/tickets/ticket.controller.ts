import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { SlaExplanationView, TicketCounts, TicketDetail, TicketPage } from '@tributary/contracts';
import { CurrentPerson, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { TicketCommandsService } from './ticket-commands.service.js';
import { TicketDetailQueries } from './ticket-detail-queries.js';
import { TicketListQueries } from './ticket-list-queries.js';
import { NoteDto, ReplyDto, TicketListQuery, TicketPatchDto } from './ticket.dto.js';
import { keyMissing, versionConflict } from './ticket.errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

@Controller('api')
@UseGuards(SessionGuard)
export class TicketController {
  constructor(
    private readonly lists: TicketListQueries,
    private readonly details: TicketDetailQueries,
    private readonly commands: TicketCommandsService,
  ) {}

  @Get('tickets')
  list(@CurrentPerson() person: SignedInPerson, @Query() query: TicketListQuery): Promise<TicketPage> {
    return this.lists.page(person, query);
  }

  @Get('tickets/counts')
  counts(@CurrentPerson() person: SignedInPerson): Promise<TicketCounts> {
    return this.lists.counts(person);
  }

  @Get('tickets/:id')
  async detail(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<TicketDetail> {
    const detail = await this.details.detail(person, id);
    if (detail.unread && detail.assignee?.id === person.id) {
      await this.commands.markRead(person, id, new Date(detail.updatedAt));
    }
    return detail;
  }

  @Get('tickets/:id/sla')
  sla(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<SlaExplanationView> {
    return this.details.sla(person, id);
  }

  @Patch('tickets/:id')
  async patch(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() patch: TicketPatchDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<TicketDetail> {
    await this.commands.patch(person, id, patch, versionFrom(ifMatch));
    return this.details.detail(person, id);
  }

  @Post('tickets/:id/replies')
  async reply(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() reply: ReplyDto,
    @Headers('idempotency-key') key?: string,
  ): Promise<TicketDetail> {
    await this.commands.addMessage(person, {
      ticketId: id,
      direction: 'outbound',
      text: reply.text,
      uploadIds: reply.uploadIds ?? [],
      setStatus: reply.setStatus,
      template: reply.template,
      via: reply.via,
      idempotencyKey: keyFrom(key),
    });
    return this.details.detail(person, id);
  }

  @Post('tickets/:id/notes')
  async note(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() note: NoteDto,
    @Headers('idempotency-key') key?: string,
  ): Promise<TicketDetail> {
    await this.commands.addMessage(person, {
      ticketId: id,
      direction: 'note',
      text: note.text,
      uploadIds: note.uploadIds ?? [],
      idempotencyKey: keyFrom(key),
    });
    return this.details.detail(person, id);
  }

  /** The agent writes a reply; said anew every few seconds while they do. */
  @Post('tickets/:id/typing')
  @HttpCode(204)
  async typing(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<void> {
    await this.commands.tellTyping(person, id);
  }

  @Post('messages/:id/retry')
  @HttpCode(202)
  async retry(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<Record<string, never>> {
    await this.commands.retry(person, id);
    return {};
  }
}

function keyFrom(header: string | undefined): string {
  if (!header || !UUID.test(header)) throw keyMissing();
  return header.toLowerCase();
}

/** `"7"` is version 7 (RFC 9110, section 13.1.1); anything else can match no version. */
function versionFrom(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = /^"?(\d+)"?$/.exec(header)?.[1];
  if (version === undefined) throw versionConflict();
  return Number(version);
}
