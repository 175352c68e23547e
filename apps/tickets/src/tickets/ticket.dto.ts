import {
  IsTextMap,
  type NoteRequest,
  PRIORITIES,
  type Priority,
  type ReplyRequest,
  type StatusCategory,
  TICKET_TYPES,
  type TicketPatch,
  type TicketType,
  type TicketView,
} from '@tributary/contracts';
import { IsOptionalField } from '@tributary/service';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

export const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const;
/** What an agent may set; `new` is where a ticket begins. */
const SETTABLE = ['open', 'pending', 'on_hold', 'solved', 'closed'] as const;
const VIEWS = ['mine', 'queue', 'team', 'waiting', 'solved', 'all'] as const;
const MAX_TEXT = 100_000;

export class NoteDto implements NoteRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_TEXT)
  text!: string;

  @IsOptionalField()
  @IsArray()
  @ArrayMaxSize(20)
  @IsUUID(undefined, { each: true })
  uploadIds?: string[];
}

class TemplateDto implements NonNullable<ReplyRequest['template']> {
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  id!: string;

  @IsTextMap()
  variables!: Record<string, string>;
}

class RouteDto implements NonNullable<ReplyRequest['via']> {
  @IsUUID()
  inboxId!: string;

  @IsUUID()
  identityId!: string;
}

export class ReplyDto extends NoteDto implements ReplyRequest {
  @IsOptionalField()
  @IsIn(SETTABLE)
  setStatus?: StatusCategory;

  @IsOptionalField()
  @ValidateNested()
  @Type(() => TemplateDto)
  template?: TemplateDto;

  @IsOptionalField()
  @ValidateNested()
  @Type(() => RouteDto)
  via?: RouteDto;
}

export class TicketPatchDto implements TicketPatch {
  @IsOptionalField()
  @IsIn(SETTABLE)
  status?: StatusCategory;

  @IsOptionalField()
  @IsIn(PRIORITIES)
  priority?: Priority;

  @IsOptionalField()
  @IsIn(TICKET_TYPES)
  type?: TicketType;

  @IsOptionalField()
  @IsString()
  @MinLength(1)
  @MaxLength(998)
  subject?: string;

  @ValidateIf((patch: TicketPatchDto) => patch.assigneeId !== undefined && patch.assigneeId !== null)
  @IsUUID()
  assigneeId?: string | null;

  @IsOptionalField()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(50, { each: true })
  tags?: string[];
}

export class TicketListQuery {
  @IsOptionalField()
  @IsIn(VIEWS)
  view: TicketView = 'all';

  @IsOptionalField()
  @IsUUID()
  queueId?: string;

  @IsOptionalField()
  @IsIn(STATUSES)
  status?: StatusCategory;

  @IsOptionalField()
  @IsString()
  @MaxLength(50)
  channel?: string;

  @IsOptionalField()
  @IsString()
  @MaxLength(200)
  q?: string;

  @IsOptionalField()
  @IsString()
  @MaxLength(200)
  cursor?: string;

  @IsOptionalField()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
}
