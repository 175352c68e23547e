import type { Locale, PersonRequest, PersonRole } from '@tributary/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
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
  MinLength,
  ValidateNested,
} from 'class-validator';

class SkillLevelDto {
  @IsUUID()
  skillId!: string;

  /** 1 (learning) to 5 (expert). */
  @IsInt()
  @Min(1)
  @Max(5)
  level!: number;
}

export class PersonPatchDto implements PersonRequest {
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(320)
  email?: string;

  @IsOptional()
  @IsIn(['agent', 'lead', 'admin'])
  role?: PersonRole;

  @IsOptional()
  @IsBoolean()
  active?: boolean;

  @IsOptional()
  @IsIn(['en', 'zh-CN'])
  locale?: Locale;

  @IsOptional()
  @IsTimeZone()
  timeZone?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  teamIds?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => SkillLevelDto)
  skills?: SkillLevelDto[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(35, { each: true })
  regions?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[a-z]{2,3}$/, { each: true, message: 'a language is its two or three letter code, such as zh' })
  languages?: string[];
}

export class PersonDto extends PersonPatchDto {
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  declare name: string;

  @IsEmail()
  @MaxLength(320)
  declare email: string;
}

export class NameDto {
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name!: string;
}
