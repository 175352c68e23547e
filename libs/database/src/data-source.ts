import { DataSource, type DataSourceOptions } from 'typeorm';
import { SERVICE_ROLES, type Service } from './roles.js';

export interface ServiceDataSourceOptions {
  readonly url: string;
  /** Whose role the sessions take. */
  readonly service: Service;
  readonly entities?: DataSourceOptions['entities'];
  /** Connections at most; 10 by default. */
  readonly poolSize?: number;
}

/**
 * A connected pool whose sessions run as the service's own role. The login in `url` must be that role's member:
 * in production it is a login of this service alone, on a laptop the owner.
 */
export async function connectDataSource(options: ServiceDataSourceOptions): Promise<DataSource> {
  const { role } = SERVICE_ROLES[options.service];
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: `tributary-${options.service}`,
    entities: options.entities ?? [],
    synchronize: false,
    logging: false,
    installExtensions: false,
    poolSize: options.poolSize ?? 10,
    extra: {
      // For `WriteAhead`: a statement is sent while those before it still run.
      pipeline: true,
      // Statements here touch few rows: workers and compilation, begun on a wrong guess, cost more than they save.
      options:
        `-c role=${role} -c idle_in_transaction_session_timeout=60000 -c lock_timeout=10000 ` +
        '-c max_parallel_workers_per_gather=0 -c jit=off',
    },
    // A broken idle connection is dropped by the pool; without a listener it would end the process.
    poolErrorHandler: () => undefined,
  });
  return dataSource.initialize();
}
