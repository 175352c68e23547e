import { Transform } from 'class-transformer';
import { IsOptional, IsString, IsUrl, Matches, ValidateBy } from 'class-validator';
import { ProcessConfig } from './process.config.js';

const MASTER_KEY_BYTES = 32;

/** What a service is told that runs in a process of its own. */
export class ServiceConfig extends ProcessConfig {
  /** A login that is a member of the service's role. */
  @IsDatabaseUrl()
  DATABASE_URL!: string;

  /** `host:port`, several with commas between. The log is in the database when absent. */
  @IsOptional()
  @IsBrokerList()
  KAFKA_BROKERS?: string;

  /** 32 bytes in base64 that seal credentials; the same for all services of an installation. */
  @IsMasterKey()
  TRIBUTARY_MASTER_KEY!: string;

  /** Where people reach the installation: `https://desk.example.org`. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.replace(/\/+$/, '') : value,
  )
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  TRIBUTARY_PUBLIC_URL!: string;

  /** Folder of original bytes and attachments, the same for all services. */
  @IsString()
  OBJECT_STORE_DIR!: string;
}

export function IsDatabaseUrl() {
  return Matches(/^postgres(ql)?:\/\//, { message: 'begins with postgresql://' });
}

export function IsBrokerList() {
  return Matches(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, { message: 'is host:port, several with commas between' });
}

function IsMasterKey() {
  return ValidateBy({
    name: 'masterKey',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && Buffer.from(value, 'base64').length === MASTER_KEY_BYTES,
      defaultMessage: () => `is ${MASTER_KEY_BYTES} bytes in base64`,
    },
  });
}
