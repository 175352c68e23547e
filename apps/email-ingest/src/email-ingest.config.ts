import { ServiceConfig } from '@tributary/service';
import { Type } from 'class-transformer';
import { IsInt, IsIP, Max, Min } from 'class-validator';

/** E-mail ingest as a process of its own. */
export class EmailIngestConfig extends ServiceConfig {
  /** Mail that is handed over to us arrives here (SMTP). */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  SMTP_PORT = 2525;

  @IsIP()
  SMTP_HOST = '127.0.0.1';
}
