import { JSC } from './test/kit/swc.mjs';

const transform = {
  '^.+\\.(ts|js|mjs)$': [
    '@swc/jest',
    {
      jsc: JSC,
      module: { type: 'commonjs' },
    },
  ],
};
const shared = {
  testEnvironment: 'node',
  transform,
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|oidc-provider|oidc-token-hash|nanoid|quick-lru|eta|uuid|@casl|@ucast|@opentelemetry/otlp-exporter-base|docx|koa|@koa|pptxgenjs)/)',
  ],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
};

export default {
  testTimeout: 120_000,
  projects: [
    {
      // Pure tests share one load of the modules: each in a world of its own took twice as long, loading.
      displayName: 'unit',
      runner: 'jest-light-runner',
      testEnvironment: 'node',
      transform: {},
      setupFiles: ['reflect-metadata', '<rootDir>/test/kit/typescript.mjs'],
      testMatch: ['<rootDir>/test/{rules,contract}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'system',
      globalSetup: '<rootDir>/test/kit/global-setup.cjs',
      globalTeardown: '<rootDir>/test/kit/global-teardown.cjs',
      testMatch: ['<rootDir>/test/{command,api,tenancy,integrations,faults}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'attacks',
      globalSetup: '<rootDir>/test/kit/global-setup.cjs',
      globalTeardown: '<rootDir>/test/kit/global-teardown.cjs',
      testMatch: ['<rootDir>/test/attacks/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'browser',
      globalSetup: '<rootDir>/test/kit/global-setup.cjs',
      globalTeardown: '<rootDir>/test/kit/global-teardown.cjs',
      testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'debian',
      globalSetup: '<rootDir>/test/kit/global-setup.cjs',
      globalTeardown: '<rootDir>/test/kit/global-teardown.cjs',
      testMatch: ['<rootDir>/test/debian/**/*.test.ts'],
    },
  ],
};
