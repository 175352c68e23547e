import { IsBrokerList, IsDatabaseUrl } from '@tributary/service';
import { IsOptional } from 'class-validator';

/** What the step before a roll-out is told. */
export class MigrateConfig {
  /** A login that may create roles and schemas. */
  @IsDatabaseUrl()
  DATABASE_URL!: string;

  /** Where the topics are made; in the database when absent. */
  @IsOptional()
  @IsBrokerList()
  KAFKA_BROKERS?: string;
}
