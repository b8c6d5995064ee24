const layer = (displayName) => ({
  displayName,
  testEnvironment: 'node',
  roots: [`<rootDir>/test/${displayName}`],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
});

export default {
  watchman: false,
  // Real engines on a busy two-core machine: a bound against hanging, not a speed.
  testTimeout: 60_000,
  // Of tests that run side by side within a file, which mostly wait for pods.
  maxConcurrency: 8,
  projects: ['unit', 'contract', 'workflow', 'replay', 'integration', 'e2e'].map(layer),
};
