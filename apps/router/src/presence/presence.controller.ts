import { Body, Controller, Get, Inject, Put, UseGuards } from '@nestjs/common';
import {
  type AgentAvailability,
  PRESENCE_STATES,
  type PresenceState,
  type PresenceView,
} from '@tributary/contracts';
import { CurrentPerson, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { IsIn } from 'class-validator';
import { PresenceService } from './presence.service.js';

class PresenceDto {
  @IsIn(PRESENCE_STATES)
  state!: PresenceState;
}

@Controller('api')
@UseGuards(SessionGuard)
export class PresenceController {
  constructor(@Inject(PresenceService) private readonly presence: PresenceService) {}

  @Get('presence')
  read(@CurrentPerson() person: SignedInPerson): Promise<PresenceView> {
    return this.presence.read(person.workspaceId, person.id);
  }

  @Put('presence')
  change(@CurrentPerson() person: SignedInPerson, @Body() body: PresenceDto): Promise<PresenceView> {
    return this.presence.change(person.workspaceId, person.id, body.state);
  }

  @Get('agents/availability')
  availability(@CurrentPerson() person: SignedInPerson): Promise<readonly AgentAvailability[]> {
    return this.presence.availability(person.workspaceId);
  }
}
