/** TypeScript by swc, with the metadata that Nest, TypeORM and class-validator read; ESM throughout. */
const swc = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', tsx: true, decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic' },
    },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  swcrc: false,
  sourceMaps: 'inline',
};

export default {
  testEnvironment: 'node',
  // Tests do not time: on a machine that is busy with other things each may take its while.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/{apps,libs,tools,testing,e2e,bench,k8s}/**/*.spec.{ts,tsx}'],
  modulePathIgnorePatterns: ['/dist/', '/.tributary/'],
  globalSetup: '<rootDir>/testing/jest-global-setup.config.mjs',
  globalTeardown: '<rootDir>/testing/jest-global-teardown.config.mjs',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^@tributary/channel-(?!sdk|host|registry)(.*)$': '<rootDir>/libs/channels/$1/src/index.ts',
    '^@tributary/testing$': '<rootDir>/testing/src/index.ts',
    '^@tributary/app-(.*)$': '<rootDir>/apps/$1/src/index.ts',
    '^@tributary/(channel-(?:sdk|host|registry))/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^@tributary/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^@tributary/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
