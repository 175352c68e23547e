import { EmailIngestModule } from '@tributary/app-email-ingest';
import { BUILT_CONSOLE, GatewayConfig, GatewayModule } from '@tributary/app-gateway';
import { RouterModule } from '@tributary/app-router';
import { TicketsModule } from '@tributary/app-tickets';
import type { Service } from '@tributary/database';
import { MasterKey, SessionService } from '@tributary/directory';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, RightOfWay, systemClock } from '@tributary/runtime';
import {
  describeApi,
  type OpenApiDocument,
  openEventLog,
  ProcessModule,
  type ServiceContext,
} from '@tributary/service';
import { NestFactory } from '@nestjs/core';
import type { DynamicModule } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';

/** Nothing is connected: Nest only reads the decorators. */
const NOWHERE = 'postgresql://127.0.0.1:1/nowhere';

export type PublicService = 'gateway' | 'email-ingest' | 'tickets' | 'router';

/** The API of one service, or of all together, from its decorators alone; needs no server. */
export async function publicApi(services: readonly PublicService[]): Promise<OpenApiDocument> {
  const modules = services.map((name) => MODULES[name]());
  const app = await NestFactory.create(ProcessModule.register(modules, new Health()), new FastifyAdapter(), {
    preview: true,
    logger: false,
  });
  return describeApi(app);
}

const MODULES: Readonly<Record<PublicService, () => DynamicModule>> = {
  gateway: () =>
    GatewayModule.register(unconnected('gateway'), new GatewayConfig('http://127.0.0.1', BUILT_CONSOLE)),
  'email-ingest': () => EmailIngestModule.register(unconnected('ingest'), { port: 0 }),
  tickets: () => TicketsModule.register(unconnected('tickets')),
  router: () => RouterModule.register(unconnected('router')),
};

function unconnected(service: Service): ServiceContext {
  const dataSource = new DataSource({ type: 'postgres', url: NOWHERE });
  const logger = createLogger(service, 'silent');
  return {
    ...{ service, dataSource, logger, databaseUrl: NOWHERE, clock: systemClock, health: new Health() },
    log: openEventLog({ DATABASE_URL: NOWHERE }, { service, logger, clientId: service }),
    objects: new FolderObjectStore('nowhere'),
    masterKey: new MasterKey(MasterKey.generate()),
    sessions: new SessionService(dataSource, systemClock),
    rightOfWay: new RightOfWay(),
    fail: () => undefined,
  };
}
