import { Controller } from '@nestjs/common';
import { inboundMessages } from '@tributary/contracts';
import { Consumes, type Outcome, type RecordBatch } from '@tributary/event-log';
import { InboundPipeline } from './inbound-pipeline.js';

@Controller()
export class IngestionController {
  constructor(private readonly pipeline: InboundPipeline) {}

  @Consumes(inboundMessages, { group: 'tickets' })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.pipeline.handle(batch);
  }
}
