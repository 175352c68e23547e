export type * from './calls.js';
export { type CallbackRequest, readCallback } from './callback.js';
export { type FieldFault, ForgedError, RefusedError } from './client.errors.js';
export { type CallOptions, type ClientOptions, TributaryClient } from './tributary-client.js';
