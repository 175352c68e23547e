import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { type FieldFault, ProblemError } from '@tributary/runtime';
import type { ValidationError } from 'class-validator';

/** Checks every request body and query by its DTO; an unknown field is refused by name, not dropped in silence. */
export function requestValidation(): ValidationPipe {
  return new TextValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { value: false, target: false },
    exceptionFactory: (faults) =>
      new ProblemError(400, 'VALIDATION_FAILED', 'some fields were refused', fieldFaults(faults)),
  });
}

/** No request of ours nests deeper; class-transformer walks as deep as it is led, and the stack ends before. */
const DEEPEST = 30;

/** Refuses text that PostgreSQL cannot store: with a NUL in it, or with half of a surrogate pair. */
class TextValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const faults = metadata.type === 'custom' ? [] : brokenTexts(value, metadata.data ?? '', 0);
    if (faults.length > 0) {
      throw new ProblemError(400, 'BAD_CHARACTER', 'some texts cannot be stored', faults.slice(0, 20));
    }
    return super.transform(value, metadata);
  }
}

function brokenTexts(value: unknown, field: string, depth: number): FieldFault[] {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return [];
    return [{ field, rule: 'text', message: 'holds a NUL or half a character' }];
  }
  if (value === null || typeof value !== 'object') return [];
  if (depth > DEEPEST) throw new ProblemError(400, 'TOO_DEEP', `at most ${DEEPEST} levels`);
  return Object.entries(value).flatMap(([name, each]) =>
    brokenTexts(each, field ? `${field}.${name}` : name, depth + 1),
  );
}

function fieldFaults(faults: readonly ValidationError[], path = ''): FieldFault[] {
  return faults.flatMap((fault) => {
    const field = path ? `${path}.${fault.property}` : fault.property;
    const own = Object.entries(fault.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
    return [...own, ...fieldFaults(fault.children ?? [], field)];
  });
}
