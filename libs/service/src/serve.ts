import { type DynamicModule, Module } from '@nestjs/common';
import { type EventLog, EventLogStrategy } from '@tributary/event-log';
import { Health, type Logger } from '@tributary/runtime';
import { HealthController } from './health.controller.js';
import { createHttpServer } from './http-server.js';
import { serveOpenApi } from './open-api/serve-open-api.js';

export interface ServeOptions {
  /** The services of this process. */
  readonly modules: readonly DynamicModule[];
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: Health;
  readonly fail: (error: Error) => void;
  readonly host: string;
  readonly port: number;
  /** Services elsewhere whose API this process shows as its own, by their addresses; none by default. */
  readonly upstreams?: readonly string[];
}

/** The services of a process in one application. */
@Module({})
export class ProcessModule {
  static register(modules: readonly DynamicModule[], health: Health): DynamicModule {
    return {
      module: ProcessModule,
      imports: [...modules],
      controllers: [HealthController],
      providers: [{ provide: Health, useValue: health }],
    };
  }
}

/**
 * Consumes the log and answers HTTP. Rejects when the port is taken or a topic is missing; then nothing runs.
 *
 * @returns drains: not ready, requests in flight are answered, batches in flight committed, partitions given back.
 */
export async function serve(options: ServeOptions): Promise<() => Promise<void>> {
  const { log, logger, health, fail, host, port, upstreams = [] } = options;
  const app = await createHttpServer(ProcessModule.register(options.modules, health), logger);
  const stop = async () => {
    health.drain();
    await app.close();
  };
  serveOpenApi(app, upstreams, logger);
  try {
    app.connectMicroservice({ strategy: new EventLogStrategy({ log, logger, onFailure: fail }) });
    await app.startAllMicroservices();
    await app.listen(port, host);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
