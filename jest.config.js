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
  projects: ['unit', 'contract', 'workflow', 'replay', 'integration', 'e2e'].map(layer),
};
