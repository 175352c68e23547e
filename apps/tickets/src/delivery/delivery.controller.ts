import { Controller } from '@nestjs/common';
import { outboundReceipts } from '@tributary/contracts';
import { Consumes, type Outcome, type RecordBatch } from '@tributary/event-log';
import { ReceiptsPipeline } from './receipts-pipeline.js';

@Controller()
export class DeliveryController {
  constructor(private readonly pipeline: ReceiptsPipeline) {}

  @Consumes(outboundReceipts, { group: 'tickets' })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.pipeline.handle(batch);
  }
}
