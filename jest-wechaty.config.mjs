import root from './jest.config.mjs';

/** What needs the Wechaty library, which the desk is built without: `npm ci && npm test` in optional/wechaty runs it. */
const { globalSetup: _servers, globalTeardown: _end, ...settings } = root;

export default {
  ...settings,
  testMatch: ['<rootDir>/apps/wechaty-bridge/src/testing/real-library.ts'],
};
