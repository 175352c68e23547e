import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { SessionService } from '@tributary/directory';
import { OutboxLifecycle, type ServiceContext } from '@tributary/service';
import { DecisionsController } from './decisions/decisions.controller.js';
import { DecisionsPipeline } from './decisions/decisions-pipeline.js';
import { DeliveryController } from './delivery/delivery.controller.js';
import { ReceiptsPipeline } from './delivery/receipts-pipeline.js';
import { FileController } from './files/file.controller.js';
import { FileService } from './files/file.service.js';
import { InboundPipeline } from './ingestion/inbound-pipeline.js';
import { IngestionController } from './ingestion/ingestion.controller.js';
import { SlaClocks } from './sla/sla-clocks.js';
import { SlaTimer } from './sla/sla-timer.js';
import { SlaViews } from './sla/sla-views.js';
import { ChangeFeed } from './stream/change-feed.js';
import { OpenPages } from './stream/open-pages.js';
import { StreamController } from './stream/stream.controller.js';
import { StreamHub } from './stream/stream-hub.js';
import { TicketCommandsService } from './tickets/ticket-commands.service.js';
import { TicketController } from './tickets/ticket.controller.js';
import { TicketDetailQueries } from './tickets/ticket-detail-queries.js';
import { TicketListQueries } from './tickets/ticket-list-queries.js';
import { TicketsLifecycle } from './tickets-lifecycle.js';

/** The book of record: contacts, conversations, tickets, messages, clocks, history, ledger. */
@Module({})
export class TicketsModule {
  static register(context: ServiceContext): DynamicModule {
    const sla = new SlaClocks();
    const slaViews = new SlaViews(sla);
    const lists = new TicketListQueries(context, slaViews);
    const feed = new ChangeFeed(context, lists);
    const hub = new StreamHub(context, feed);
    const pages = new OpenPages(context);
    return {
      module: TicketsModule,
      controllers: [
        IngestionController,
        DecisionsController,
        DeliveryController,
        TicketController,
        FileController,
        StreamController,
      ],
      providers: [
        value(SessionService, context.sessions),
        value(InboundPipeline, new InboundPipeline(context, sla)),
        value(DecisionsPipeline, new DecisionsPipeline(context, sla)),
        value(ReceiptsPipeline, new ReceiptsPipeline(context, sla)),
        value(TicketListQueries, lists),
        value(TicketDetailQueries, new TicketDetailQueries(context, lists, slaViews)),
        value(TicketCommandsService, new TicketCommandsService(context, sla)),
        value(FileService, new FileService(context)),
        value(ChangeFeed, feed),
        value(StreamHub, hub),
        value(OpenPages, pages),
        value(OutboxLifecycle, new OutboxLifecycle(context, 'tickets')),
        value(TicketsLifecycle, new TicketsLifecycle(hub, pages, new SlaTimer(context, sla))),
      ],
    };
  }
}

function value<T>(provide: Type<T>, useValue: T): Provider {
  return { provide, useValue };
}
