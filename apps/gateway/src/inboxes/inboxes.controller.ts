import { Body, Controller, Get, Param, ParseUUIDPipe, Patch, Post, UseGuards } from '@nestjs/common';
import {
  CHANNELS,
  type Channel,
  type ChannelView,
  type InboxRequest,
  type InboxView,
} from '@tributary/contracts';
import { CurrentPerson, RequireRole, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { IsBoolean, IsIn, IsObject, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { InboxesService } from './inboxes.service.js';

class InboxPatchDto implements InboxRequest {
  @IsOptional()
  @IsIn(CHANNELS)
  channel?: Channel;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name?: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;
}

class InboxDto extends InboxPatchDto {
  @IsIn(CHANNELS)
  declare channel: Channel;
}

@Controller('api')
@UseGuards(SessionGuard)
@RequireRole('admin')
export class InboxesController {
  constructor(private readonly service: InboxesService) {}

  @Get('channels')
  channels(): readonly ChannelView[] {
    return this.service.channels();
  }

  @Get('inboxes')
  list(@CurrentPerson() { workspaceId }: SignedInPerson): Promise<readonly InboxView[]> {
    return this.service.list(workspaceId);
  }

  @Post('inboxes')
  create(@CurrentPerson() { workspaceId }: SignedInPerson, @Body() body: InboxDto): Promise<InboxView> {
    return this.service.create(workspaceId, body);
  }

  @Patch('inboxes/:id')
  update(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: InboxPatchDto,
  ): Promise<InboxView> {
    return this.service.update(workspaceId, id, body);
  }
}
