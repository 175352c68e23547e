export type { Account, OutboundFile, ReceivedFile, ReceivedMessage, Recipient } from './account.js';
export { NotSentError, UnknownRecipientError } from './account.js';
export { Bridge, type BridgeOptions } from './bridge.js';
