import { IsOptional, IsString, IsUUID, Matches, MaxLength, ValidateIf } from 'class-validator';

export class NewQueueDto {
  @IsString()
  @MaxLength(100)
  @Matches(/^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\s][^\p{Cc}\p{Cs}]*$/u, { message: 'name is a line of text' })
  name!: string;

  @IsOptional()
  @IsUUID()
  teamId?: string | null;
}

export class QueueChangeDto {
  @ValidateIf((change: QueueChangeDto) => change.name !== undefined)
  @IsString()
  @MaxLength(100)
  @Matches(/^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\s][^\p{Cc}\p{Cs}]*$/u, { message: 'name is a line of text' })
  name?: string;

  @IsOptional()
  @IsUUID()
  teamId?: string | null;
}
