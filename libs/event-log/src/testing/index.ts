export { logContract } from './log-contract.js';
export type { LogAddress, LogUnderTest } from './under-test.js';
