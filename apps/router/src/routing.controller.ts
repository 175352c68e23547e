import { Controller, Inject } from '@nestjs/common';
import { routingWork } from '@tributary/contracts';
import {
  Consumes,
  OnAssigned,
  OnRevoked,
  type Outcome,
  type PartitionMove,
  type RecordBatch,
} from '@tributary/event-log';
import { RoutingPipeline } from './routing-pipeline.js';

const GROUP = 'router';

/** What the router reads of the log. */
@Controller()
export class RoutingController {
  constructor(@Inject(RoutingPipeline) private readonly pipeline: RoutingPipeline) {}

  @Consumes(routingWork, { group: GROUP })
  handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return this.pipeline.handle(batch);
  }

  @OnAssigned(routingWork, GROUP)
  came({ partition }: PartitionMove): void {
    this.pipeline.release(partition);
  }

  @OnRevoked(routingWork, GROUP)
  went({ partition }: PartitionMove): void {
    this.pipeline.release(partition);
  }
}
