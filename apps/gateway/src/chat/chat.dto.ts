import type { ChatReceiptRequest, ChatSessionRequest, ChatTranscriptRequest } from '@tributary/contracts';
import { IsOptionalField } from '@tributary/service';
import { Type } from 'class-transformer';
import { IsEmail, IsIn, IsString, IsUUID, MaxLength, MinLength, ValidateNested } from 'class-validator';

class ChatUserDto {
  @MinLength(1)
  @MaxLength(200)
  id!: string;

  @MinLength(1)
  @MaxLength(200)
  signature!: string;
}

export class ChatSessionDto implements ChatSessionRequest {
  @IsOptionalField()
  @IsString()
  @MaxLength(1000)
  token?: string;

  @IsOptionalField()
  @ValidateNested()
  @Type(() => ChatUserDto)
  user?: ChatUserDto;
}

export class ChatTranscriptDto implements ChatTranscriptRequest {
  @IsEmail()
  @MaxLength(320)
  email!: string;
}

export class ChatReceiptDto implements ChatReceiptRequest {
  @IsUUID()
  messageId!: string;

  @IsIn(['delivered', 'read'])
  state!: 'delivered' | 'read';
}
