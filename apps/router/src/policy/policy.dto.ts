import {
  CHANNEL_NAME,
  type Channel,
  CONTACT_TIERS,
  type ContactTier,
  PRIORITIES,
  type Priority,
  TICKET_TYPES,
  type TicketType,
} from '@tributary/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

const FIELDS = ['type', 'text', 'contactTier', 'region', 'language', 'channel', 'priority'] as const;
const OPERATORS = ['is', 'is_not', 'in', 'contains', 'not_contains', 'set', 'not_set'] as const;
const MAX_VALUES = 200;
const MAX_VALUE_LENGTH = 200;

/** One text or several; what may not be stored (NUL, half a surrogate pair) is refused. */
const IsConditionValue = () =>
  ValidateBy({
    name: 'conditionValue',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) ? value.length <= MAX_VALUES && value.every(isText) : isText(value),
      defaultMessage: () =>
        `a text of at most ${MAX_VALUE_LENGTH} characters, or up to ${MAX_VALUES} of them`,
    },
  });

function isText(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= MAX_VALUE_LENGTH &&
    value.isWellFormed() &&
    !value.includes('\0')
  );
}

class ConditionDto {
  @IsIn(FIELDS)
  field!: (typeof FIELDS)[number];

  @IsIn(OPERATORS)
  op!: (typeof OPERATORS)[number];

  @IsOptional()
  @IsConditionValue()
  value?: string | string[];
}

class RequiredSkillDto {
  @IsUUID()
  skillId!: string;

  @IsInt()
  @Min(1)
  @Max(5)
  minLevel!: number;
}

class RuleDto {
  @IsString()
  @IsConditionValue()
  name!: string;

  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ConditionDto)
  when!: ConditionDto[];

  @IsUUID()
  queueId!: string;

  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => RequiredSkillDto)
  skills!: RequiredSkillDto[];

  @IsBoolean()
  matchLanguage!: boolean;

  @IsBoolean()
  matchRegion!: boolean;

  @IsOptional()
  @IsIn(PRIORITIES)
  priority: Priority | null = null;
}

export class PolicyDraftDto {
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => RuleDto)
  rules!: RuleDto[];

  @IsUUID()
  defaultQueueId!: string;

  /** Checked by name and value with the rest of the policy. */
  @IsObject()
  costs!: Record<string, number>;
}

/** The view as it was read, with changes; who changed it when is ours to say. */
export class PolicyRequestDto extends PolicyDraftDto {
  /** Of the policy that this one replaces. */
  @IsInt()
  @Min(1)
  version!: number;

  @IsOptional()
  @IsString()
  updatedAt?: string;

  @IsOptional()
  @IsString()
  updatedBy?: string;
}

class DryRunTicketDto {
  @Matches(CHANNEL_NAME)
  channel!: Channel;

  @IsIn(TICKET_TYPES)
  type!: TicketType;

  @IsIn(PRIORITIES)
  priority!: Priority;

  @IsIn(CONTACT_TIERS)
  contactTier!: ContactTier;

  @IsString()
  @MaxLength(2100)
  text!: string;

  @IsOptional()
  @IsString()
  @MaxLength(35)
  language?: string;

  @IsOptional()
  @IsString()
  @MaxLength(35)
  region?: string;
}

export class DryRunDto {
  @ValidateNested()
  @Type(() => PolicyDraftDto)
  @IsObject()
  policy!: PolicyDraftDto;

  @ValidateNested()
  @Type(() => DryRunTicketDto)
  @IsObject()
  ticket!: DryRunTicketDto;
}
