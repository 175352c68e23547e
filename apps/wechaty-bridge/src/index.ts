export type { Account, OutboundFile, ReceivedFile, ReceivedMessage, Recipient } from './account.js';
export { UnknownRecipientError } from './account.js';
export { Bridge, type BridgeOptions } from './bridge.js';
