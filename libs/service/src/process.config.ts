import { Type } from 'class-transformer';
import { IsIn, IsInt, IsIP, IsOptional, Max, Min } from 'class-validator';
import { IsProviderOrigins } from './provider-origins.js';

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

  /**
   * Where requests to providers go instead of the provider's own origin, separated by blanks:
   * `https://api.telegram.org=http://127.0.0.1:9001`. For simulators and proxies.
   */
  @IsOptional()
  @IsProviderOrigins()
  PROVIDER_ORIGINS?: string;
}
