/** The boundaries of the house, checked on every CI run. */
const adapters = ['store', 'temporal', 'kubernetes', 'storage', 'trs', 'auth'];

const sdk = (name, modules, home) => ({
  name: `${name}-lives-in-one-folder`,
  severity: 'error',
  from: { path: '^(src|workflows|activities)/', pathNot: home },
  to: { path: `node_modules/(${modules})/`, dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tes-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/tes/' },
      to: { path: '^(src/(?!tes/)|workflows|activities|deploy|test)' },
    },
    {
      name: 'only-schemas-imports-typebox',
      severity: 'error',
      from: { path: '^src/tes/', pathNot: '^src/tes/schemas' },
      to: { path: 'node_modules/', dependencyTypesNot: ['type-only'] },
    },
    ...adapters.map((adapter) => ({
      name: `${adapter}-knows-no-other-adapter`,
      severity: 'error',
      from: { path: `^src/${adapter}/` },
      to: {
        path: `^(src/(${adapters.filter((other) => other !== adapter).join('|')}|api|controller|transporter|bin)|workflows|activities)/`,
      },
    })),
    {
      name: 'config-errors-telemetry-stand-below',
      severity: 'error',
      from: { path: '^src/(config|errors|telemetry)/' },
      to: {
        path: `^(src/(${adapters.join('|')}|api|controller|transporter|bin)|workflows|activities)/`,
      },
    },
    {
      name: 'api-controller-activities-take-ports-as-types',
      severity: 'error',
      from: { path: '^(src/(api|controller)|activities)/' },
      to: {
        path: '^src/(store|temporal|kubernetes|storage|trs)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'transporter-stands-alone',
      severity: 'error',
      from: { path: '^src/transporter/' },
      to: { path: '^(src/(?!transporter|tes|storage|errors)|workflows|activities|node_modules)' },
    },
    {
      name: 'workflows-take-activity-types-only',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-are-pure',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^src/(?!tes/)|^src/tes/schemas', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-bin',
      severity: 'error',
      from: { pathNot: '^src/bin/' },
      to: { path: '^src/bin/' },
    },
    {
      name: 'product-does-not-import-tests-or-deploy',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/' },
      to: { path: '^(test|deploy)/' },
    },
    sdk('kubernetes-client', '@kubernetes/client-node', '^src/kubernetes/'),
    sdk('postgres', 'pg|kysely|node-pg-migrate', '^src/store/'),
    sdk('temporal-client-and-worker', '@temporalio/(client|worker)', '^src/(temporal|bin)/'),
    sdk('temporal-activity', '@temporalio/activity', '^activities/'),
    sdk('fastify', 'fastify|@fastify/[^/]+', '^src/api/'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
