import { Type } from 'class-transformer';
import { IsIn, IsInt, IsIP, Max, Min } from 'class-validator';

/** What every process of ours can be told, by environment. */
export class ProcessConfig {
  /** HTTP. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  PORT = 8080;

  @IsIP()
  HOST = '127.0.0.1';

  @IsIn(['debug', 'info', 'warn', 'error'])
  LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' = 'info';
}
