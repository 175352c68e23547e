export * from './exchanged-parts.js';
export * from './channel-contract.js';
export {
  type ChannelFixture,
  type ChannelFixtures,
  comparableEvents,
  type InputOf,
} from './channel-fixtures.js';
export * from './unreachable-ports.js';
