import type { Locale, PersonRequest, PersonRole } from '@tributary/contracts';
import { IsOptionalField } from '@tributary/service';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsTimeZone,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const NOT_BLANK = /\S/;

class SkillLevelDto {
  @IsUUID()
  skillId!: string;

  /** 1 (learning) to 5 (expert). */
  @IsInt()
  @Min(1)
  @Max(5)
  level!: number;
}

/** Without the fields that a new person must have: a subclass cannot take `IsOptionalField` back. */
class PersonDetailsDto {
  @IsOptionalField()
  @IsIn(['agent', 'lead', 'admin'])
  role?: PersonRole;

  @IsOptionalField()
  @IsBoolean()
  active?: boolean;

  @IsOptionalField()
  @IsIn(['en', 'zh-CN'])
  locale?: Locale;

  @IsOptionalField()
  @IsTimeZone()
  timeZone?: string;

  @IsOptionalField()
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  teamIds?: string[];

  @IsOptionalField()
  @IsArray()
  @ArrayMaxSize(200)
  @ArrayUnique((skill: SkillLevelDto) => skill?.skillId)
  @ValidateNested({ each: true })
  @Type(() => SkillLevelDto)
  skills?: SkillLevelDto[];

  @IsOptionalField()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(35, { each: true })
  regions?: string[];

  @IsOptionalField()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[a-z]{2,3}$/, { each: true, message: 'a language is its two or three letter code, such as zh' })
  languages?: string[];

  /** E.164; null takes it back. */
  @IsOptional()
  @Matches(/^\+[1-9]\d{6,14}$/, { message: 'a phone number begins with + and the country code' })
  phone?: string | null;

  /** As WeCom allows it, which leaves out its word for the whole company, `@all`; null takes it back. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9][\w.@-]{0,63}$/, { message: 'a WeCom id begins with a letter or a digit' })
  wecomUserId?: string | null;
}

export class PersonDto extends PersonDetailsDto implements PersonRequest {
  @Matches(NOT_BLANK)
  @MaxLength(200)
  name!: string;

  @IsEmail()
  @MaxLength(320)
  email!: string;
}

export class PersonPatchDto extends PersonDetailsDto implements PersonRequest {
  @IsOptionalField()
  @Matches(NOT_BLANK)
  @MaxLength(200)
  name?: string;

  @IsOptionalField()
  @IsEmail()
  @MaxLength(320)
  email?: string;
}

export class NameDto {
  @Matches(NOT_BLANK)
  @MaxLength(100)
  name!: string;
}
