import { IsBrokerList, IsDatabaseUrl } from '@tributary/service';
import { IsOptional, IsString, Matches } from 'class-validator';

/** Where `npm run reconcile` finds the system. Without a `DATABASE_URL`: what runs on `TRIBUTARY_HOME`. */
export class ReconcileConfig {
  @Matches(/\S/)
  TRIBUTARY_HOME = '.tributary';

  @IsOptional()
  @IsDatabaseUrl()
  DATABASE_URL?: string;

  @IsOptional()
  @IsBrokerList()
  KAFKA_BROKERS?: string;

  /** Folder of original bytes and attachments; `objects` in `TRIBUTARY_HOME` when absent. */
  @IsOptional()
  @IsString()
  OBJECT_STORE_DIR?: string;
}
