import type { Type } from '@nestjs/common';
import type { OpenApiDocument } from './open-api.js';

/** What a module answers outside of Nest's controllers, for the document of the API. Provide it under this class. */
export class OpenApiPart {
  constructor(
    /** May refer to `#/components/schemas/<name of a class of models>`. */
    readonly paths: OpenApiDocument['paths'],
    /** Classes with rules of class-validator; what they nest comes along. */
    readonly models: readonly Type[],
  ) {}
}
