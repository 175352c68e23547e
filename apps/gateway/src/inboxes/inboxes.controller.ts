import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  UseGuards,
} from '@nestjs/common';
import { InboxTemplates } from '@tributary/channel-host';
import {
  CHANNEL_NAME,
  type Channel,
  type ChannelView,
  type InboxHealthView,
  type InboxRequest,
  type InboxView,
  type TemplatesView,
} from '@tributary/contracts';
import { CurrentPerson, RequireRole, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { ProblemError } from '@tributary/runtime';
import { IsOptionalField } from '@tributary/service';
import { IsBoolean, IsObject, Matches, MaxLength } from 'class-validator';
import { InboxHealthQueries } from './inbox-health-queries.js';
import { InboxesService } from './inboxes.service.js';

class InboxDetailsDto {
  @IsOptionalField()
  @Matches(/\S/)
  @MaxLength(100)
  name?: string;

  @IsOptionalField()
  @IsBoolean()
  enabled?: boolean;

  @IsOptionalField()
  @IsObject()
  settings?: Record<string, unknown>;
}

class InboxPatchDto extends InboxDetailsDto implements InboxRequest {
  @IsOptionalField()
  @Matches(CHANNEL_NAME)
  channel?: Channel;
}

class InboxDto extends InboxDetailsDto implements InboxRequest {
  @Matches(CHANNEL_NAME)
  channel!: Channel;
}

@Controller('api')
@UseGuards(SessionGuard)
export class InboxesController {
  constructor(
    private readonly service: InboxesService,
    private readonly health: InboxHealthQueries,
    private readonly templates: InboxTemplates,
  ) {}

  /** Everyone: the composer reads what a channel allows. */
  @Get('channels')
  channels(): readonly ChannelView[] {
    return this.service.channels();
  }

  /** Everyone: the composer offers them where a text of one's own may not be sent. */
  @Get('inboxes/:id/templates')
  async templatesOf(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<TemplatesView> {
    const view = await this.templates.of(workspaceId, id);
    if (!view) throw new ProblemError(404, 'INBOX_NOT_FOUND');
    return view;
  }

  @Get('inboxes')
  @RequireRole('admin')
  list(@CurrentPerson() { workspaceId }: SignedInPerson): Promise<readonly InboxView[]> {
    return this.service.list(workspaceId);
  }

  @Post('inboxes')
  @RequireRole('admin')
  create(@CurrentPerson() { workspaceId }: SignedInPerson, @Body() body: InboxDto): Promise<InboxView> {
    return this.service.create(workspaceId, body);
  }

  @Patch('inboxes/:id')
  @RequireRole('admin')
  update(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: InboxPatchDto,
  ): Promise<InboxView> {
    return this.service.update(workspaceId, id, body);
  }

  @Get('inboxes/:id/health')
  @RequireRole('admin')
  healthOf(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<InboxHealthView> {
    return this.health.of(workspaceId, id);
  }

  @Post('inboxes/:id/retry')
  @HttpCode(200)
  @RequireRole('admin')
  retry(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<InboxHealthView> {
    return this.health.retry(workspaceId, id);
  }
}
