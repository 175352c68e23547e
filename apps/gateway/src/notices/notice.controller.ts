import { Controller } from '@nestjs/common';
import { ticketEvents } from '@tributary/contracts';
import { Consumes, type Outcome, type RecordBatch } from '@tributary/event-log';
import { ColleagueNotices } from './colleague-notices.js';

/** What happens to tickets, for those who may be away from the console. */
@Controller()
export class NoticeController {
  constructor(private readonly notices: ColleagueNotices) {}

  @Consumes(ticketEvents, { group: 'gateway-notices' })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.notices.handle(batch);
  }
}
