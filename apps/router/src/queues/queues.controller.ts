import { Body, Controller, Get, Inject, Param, ParseUUIDPipe, Patch, Post, UseGuards } from '@nestjs/common';
import type { QueueView } from '@tributary/contracts';
import { CurrentPerson, RequireRole, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { NewQueueDto, QueueChangeDto } from './queue.dto.js';
import { QueuesService } from './queues.service.js';

@Controller('api/queues')
@UseGuards(SessionGuard)
export class QueuesController {
  constructor(@Inject(QueuesService) private readonly queues: QueuesService) {}

  @Get()
  list(@CurrentPerson() person: SignedInPerson): Promise<readonly QueueView[]> {
    return this.queues.list(person.workspaceId);
  }

  @Post()
  @RequireRole('admin')
  create(@CurrentPerson() person: SignedInPerson, @Body() body: NewQueueDto): Promise<QueueView> {
    return this.queues.create(person.workspaceId, body);
  }

  @Patch(':id')
  @RequireRole('admin')
  change(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: QueueChangeDto,
  ): Promise<QueueView> {
    return this.queues.change(person.workspaceId, id, body);
  }
}
