import { keyOf } from '@tributary/channel-sdk';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsIP, IsString, IsUrl, Max, Min, ValidateBy } from 'class-validator';

/** One account: one process, one folder, one inbox. */
export class BridgeConfig {
  /** The address that the inbox shows: what the account receives goes there. */
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  WECHATY_DESK_URL!: string;

  /** The inbox's own, `whsec_…`. */
  @ValidateBy({
    name: 'signingSecret',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && keyOf(value) !== undefined,
      defaultMessage: () => 'is whsec_ and 24 to 64 bytes in base64',
    },
  })
  WECHATY_SIGNING_SECRET!: string;

  /** What must survive a restart: the session, what the desk has not taken yet, what was sent. */
  @IsString()
  WECHATY_FOLDER!: string;

  @IsIP()
  WECHATY_HOST = '127.0.0.1';

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  WECHATY_PORT = 8790;

  /** `all` passes on what is written in rooms; each is one customer then. */
  @IsIn(['none', 'all'])
  WECHATY_ROOMS: 'none' | 'all' = 'none';

  /** The library's way to WeChat. */
  @IsString()
  WECHATY_PUPPET = 'wechaty-puppet-wechat4u';

  /** Of a paid puppet; empty for others. */
  @IsString()
  WECHATY_PUPPET_TOKEN = '';
}
