import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { type JsonSchema, payloadSchema } from './json-schema.js';
import { CheckedWhen } from './payload-rules.js';
import { defineTopic, type PayloadClass, type Topic } from './topic.js';

function topicWith(payload: PayloadClass): Topic {
  return defineTopic({
    name: 'test',
    description: 'of this spec',
    key: 'none',
    producers: [],
    consumers: [],
    partitions: 1,
    retentionDays: 1,
    types: { 'thing.happened': [payload] },
  });
}
const schemaOf = (payload: PayloadClass): JsonSchema | null =>
  payloadSchema(topicWith(payload), 'thing.happened', 1);

describe('The schema of a payload class', () => {
  it('says integer in whichever order the rules stand', () => {
    class Counted {
      @IsInt()
      @Min(1)
      before!: number;

      @Max(9)
      @IsInt()
      after!: number;
    }
    expect(schemaOf(Counted)?.properties).toEqual({
      before: { type: 'integer', minimum: 1 },
      after: { type: 'integer', maximum: 9 },
    });
  });

  it('takes null for an optional property, a choice and a list included', () => {
    class Sparse {
      @IsOptional()
      @IsIn(['a', 'b'])
      choice?: string;

      @IsOptional()
      @IsArray()
      @IsString({ each: true })
      list?: string[];
    }
    expect(schemaOf(Sparse)).toMatchObject({
      properties: {
        choice: { type: ['string', 'null'], enum: ['a', 'b', null] },
        list: { type: ['array', 'null'], items: { type: 'string' } },
      },
      required: [],
    });
  });

  it('has each nested class once, also one that is nested in another', () => {
    class Leaf {
      @IsString()
      name!: string;
    }
    class Branch {
      @ValidateNested({ each: true })
      @IsArray()
      @Type(() => Leaf)
      leaves!: Leaf[];
    }
    class Tree {
      @ValidateNested()
      @Type(() => Branch)
      branch!: Branch;

      @ValidateNested()
      @Type(() => Leaf)
      leaf!: Leaf;
    }
    const schema = schemaOf(Tree);
    expect(Object.keys(schema?.$defs ?? {})).toEqual(['Branch', 'Leaf']);
    expect(schema?.$defs?.['Branch']?.properties?.['leaves']).toEqual({
      type: 'array',
      items: { $ref: '#/$defs/Leaf' },
    });
  });

  it('states the condition of a property', () => {
    class Conditional {
      @IsString()
      kind!: string;

      @CheckedWhen<Conditional>('kind', 'counted')
      @IsInt()
      count?: number;
    }
    expect(schemaOf(Conditional)).toMatchObject({
      properties: { count: {} },
      required: ['kind'],
      allOf: [
        {
          if: { properties: { kind: { const: 'counted' } }, required: ['kind'] },
          then: { properties: { count: { type: 'integer' } }, required: ['count'] },
        },
      ],
    });
  });

  it('cannot be made from a condition that is a function', () => {
    class Secretive {
      @ValidateIf(() => true)
      @IsString()
      name!: string;
    }
    expect(() => schemaOf(Secretive)).toThrow('Secretive.name: use @CheckedWhen');
  });

  it('cannot be made from a nested list whose class is not named', () => {
    class Vague {
      @IsArray()
      @ValidateNested({ each: true })
      list!: object[];
    }
    expect(() => schemaOf(Vague)).toThrow('Vague.list: a nested class needs @Type');
  });

  it('is null for a type or version that the topic does not have', () => {
    class Empty {}
    expect(payloadSchema(topicWith(Empty), 'thing.else', 1)).toBeNull();
    expect(payloadSchema(topicWith(Empty), 'thing.happened', 2)).toBeNull();
    expect(payloadSchema(topicWith(Empty), 'toString', 1)).toBeNull();
  });
});
