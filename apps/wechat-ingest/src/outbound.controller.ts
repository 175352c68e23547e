import { Controller } from '@nestjs/common';
import { OUTBOUND_BATCH, OutboundSender } from '@tributary/channel-host';
import { outboundMessages } from '@tributary/contracts';
import { Consumes, type Outcome, type RecordBatch } from '@tributary/event-log';

/** Replies on the channels that this process hosts. */
@Controller()
export class OutboundController {
  constructor(private readonly sender: OutboundSender) {}

  @Consumes(outboundMessages, { group: 'wechat-ingest', maxBatch: OUTBOUND_BATCH })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.sender.handle(batch);
  }
}
