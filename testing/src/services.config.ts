import { IsBrokerList, IsDatabaseUrl, ProcessConfig } from '@tributary/service';
import { Type } from 'class-transformer';
import { IsBase64, IsInt, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';

/** Everything that `npm run start:services` can be told, by environment. */
export class ServicesConfig extends ProcessConfig {
  /** Folder of all data, relative to where it was started. */
  @IsString()
  TRIBUTARY_HOME = '.tributary/services';

  /** A login that may create roles and schemas; an embedded PostgreSQL when absent. */
  @IsOptional()
  @IsDatabaseUrl()
  DATABASE_URL?: string;

  /** An Apache Kafka is started when absent. */
  @IsOptional()
  @IsBrokerList()
  KAFKA_BROKERS?: string;

  @IsOptional()
  @IsUrl({ require_tld: false })
  TRIBUTARY_PUBLIC_URL?: string;

  @IsOptional()
  @IsBase64()
  TRIBUTARY_MASTER_KEY?: string;

  /** Mail that is handed over to us arrives here (SMTP). */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  SMTP_PORT = 2525;
}
