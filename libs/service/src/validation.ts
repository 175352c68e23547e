import { ValidationPipe } from '@nestjs/common';
import { type FieldFault, ProblemError } from '@tributary/runtime';
import type { ValidationError } from 'class-validator';

/** Checks every request body and query by its DTO; an unknown field is refused by name, not dropped in silence. */
export function requestValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { value: false, target: false },
    exceptionFactory: (faults) =>
      new ProblemError(400, 'VALIDATION_FAILED', 'some fields were refused', fieldFaults(faults)),
  });
}

function fieldFaults(faults: readonly ValidationError[], path = ''): FieldFault[] {
  return faults.flatMap((fault) => {
    const field = path ? `${path}.${fault.property}` : fault.property;
    const own = Object.entries(fault.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
    return [...own, ...fieldFaults(fault.children ?? [], field)];
  });
}
