import { Controller } from '@nestjs/common';
import { MEDIA_BATCH, MediaFetcher } from '@tributary/channel-host';
import { inboundMessages } from '@tributary/contracts';
import { Consumes, type Outcome, type RecordBatch } from '@tributary/event-log';

/** Files that messages left at the providers of the channels that this process hosts. */
@Controller()
export class MediaController {
  constructor(private readonly fetcher: MediaFetcher) {}

  @Consumes(inboundMessages, { group: 'voice-ingest-media', maxBatch: MEDIA_BATCH })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.fetcher.handle(batch);
  }
}
