export type * from './session.js';
export type * from './ticket-views.js';
export type * from './routing-views.js';
export type * from './administration.js';
export type * from './stream.js';
export type * from './problem.js';
