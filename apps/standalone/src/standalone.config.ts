import { ProcessConfig } from '@tributary/service';
import { Type } from 'class-transformer';
import { IsBase64, IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';

/** Everything that `npm start` can be told, by environment. */
export class StandaloneConfig extends ProcessConfig {
  /** Folder of all data, relative to where it was started. */
  @Matches(/\S/)
  TRIBUTARY_HOME = '.tributary';

  /** A PostgreSQL to use instead of the embedded one; a login that may create roles and schemas. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//)
  DATABASE_URL?: string;

  /** Where people reach it, when that is not http://HOST:PORT. */
  @IsOptional()
  @IsUrl({ require_tld: false })
  TRIBUTARY_PUBLIC_URL?: string;

  /** Mail that is forwarded to us arrives here (SMTP). */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  SMTP_PORT = 2525;

  /** 32 bytes in base64 that seal credentials; made and kept in TRIBUTARY_HOME when absent. */
  @IsOptional()
  @IsBase64()
  TRIBUTARY_MASTER_KEY?: string;
}
