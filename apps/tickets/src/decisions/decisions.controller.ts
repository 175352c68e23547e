import { Controller } from '@nestjs/common';
import { routingDecisions } from '@tributary/contracts';
import { Consumes, type Outcome, type RecordBatch } from '@tributary/event-log';
import { DecisionsPipeline } from './decisions-pipeline.js';

@Controller()
export class DecisionsController {
  constructor(private readonly pipeline: DecisionsPipeline) {}

  @Consumes(routingDecisions, { group: 'tickets' })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.pipeline.handle(batch);
  }
}
