import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { type FieldFault, ProblemError } from '@tributary/runtime';
import { ValidateIf, type ValidationError } from 'class-validator';

/**
 * Checks every request body and query by its DTO; an unknown field is refused by name, not dropped in silence. Texts
 * that no store can hold as they are (a NUL, half of a surrogate pair) are refused as well.
 */
export function requestValidation(): ValidationPipe {
  return new RequestValidation({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { value: false, target: false },
    exceptionFactory: (faults) => refused(fieldFaults(faults)),
  });
}

/**
 * The field may be left out, but null is not left out: class-validator's own `IsOptional` lets null through, into
 * columns that hold none.
 */
export function IsOptionalField(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

class RequestValidation extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'custom') {
      const faults = unstorableTexts(value, metadata.data ?? '', 0);
      if (faults.length > 0) throw refused(faults);
    }
    return super.transform(value, metadata);
  }
}

function refused(errors: readonly FieldFault[]): ProblemError {
  return new ProblemError(400, 'VALIDATION_FAILED', 'some fields were refused', errors);
}

function fieldFaults(faults: readonly ValidationError[], path = ''): FieldFault[] {
  return faults.flatMap((fault) => {
    const field = path ? `${path}.${fault.property}` : fault.property;
    const own = Object.entries(fault.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
    return [...own, ...fieldFaults(fault.children ?? [], field)];
  });
}

/** No request of ours nests deeper; class-transformer walks as deep as it is led, and the stack ends before. */
const DEEPEST = 30;

function unstorableTexts(value: unknown, field: string, depth: number): FieldFault[] {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return [];
    return [{ field, rule: 'storableText', message: 'must hold no NUL and no half of a character' }];
  }
  if (value === null || typeof value !== 'object') return [];
  if (depth > DEEPEST) throw new ProblemError(400, 'TOO_DEEP', `at most ${DEEPEST} levels`);
  return Object.entries(value).flatMap(([name, of]) => [
    ...unstorableTexts(name, field || 'body', depth + 1),
    ...unstorableTexts(of, field ? `${field}.${name}` : name, depth + 1),
  ]);
}
