import { IsBoolean, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';

/** One address of a customer on a channel. Claimed by the sender, unless somebody vouches for them. */
export class SenderDto {
  /** `email`, `phone`, `form`, `openid` ...: what namespace the value lives in. */
  @IsString()
  kind!: string;

  /** Normalised by the channel: an e-mail address in lower case, a phone number in E.164. */
  @MinLength(1)
  @MaxLength(320)
  value!: string;

  @IsOptional()
  @MaxLength(200)
  name?: string;

  /** The site or app that the customer is signed in to has signed that this is their address. */
  @IsOptional()
  @IsBoolean()
  verified?: boolean;
}
