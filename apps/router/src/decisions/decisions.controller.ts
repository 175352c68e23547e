import { Controller, Get, Inject, Param, ParseUUIDPipe, UseGuards } from '@nestjs/common';
import type { DecisionView } from '@tributary/contracts';
import { CurrentPerson, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { DecisionsService } from './decisions.service.js';

@Controller('api/tickets')
@UseGuards(SessionGuard)
export class DecisionsController {
  constructor(@Inject(DecisionsService) private readonly decisions: DecisionsService) {}

  @Get(':id/decisions')
  ofTicket(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) ticketId: string,
  ): Promise<readonly DecisionView[]> {
    return this.decisions.ofTicket(person.workspaceId, ticketId);
  }
}
