export * from './channel-contract.js';
export * from './unreachable-ports.js';
