/**
 * Who may import whom: the table of docs/architecture.md as rules. One rule per folder, "may import only". Proven by a
 * planted violation in test/unit/architecture.test.ts.
 */
const only = (folder, allowed, comment) => ({
  name: `${folder}-imports-only`,
  comment,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { pathNot: [`^${folder}/`, ...allowed] },
});

const npm = (...names) => names.map((name) => `^node_modules/(@types/)?${name}(/|$)`);
const node = '^(node:)?([a-z_/]+|v8)$';

/** Types only: they vanish before anything runs. */
const typesOnly = (from, to) => ({
  name: `${from}-imports-only-types-of-${to}`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: `^${to}/`, dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'tools-are-not-imported',
      severity: 'error',
      from: { pathNot: '^((scripts|test)/|vitest\\.config\\.ts$)' },
      to: { path: '^(scripts|test)/', pathNot: '^scripts/(start/|.*\\.mjs$)' },
    },

    only('domain', [], 'Pure words and calendar: workflows may use them because they import nothing.'),
    {
      ...only(
        'datasets',
        ['^domain/', '^kit/decode/', ...npm('date-holidays')],
        'Definitions are pure; a fetcher asks through what it is given, and may bring a library along.',
      ),
      from: { path: '^datasets/', pathNot: '^datasets/(catalog|places|recordings)\\.ts$' },
    },
    only(
      'kit/decode',
      ['^domain/', ...npm('saxes', 'fflate', 'csv-parse')],
      'Formats of publishers, read in memory: pure.',
    ),
    only(
      'kit/testing',
      [
        '^domain/',
        '^datasets/',
        '^kit/decode/',
        '^config/sources\\.ts$',
        node,
        ...npm('fast-check', 'jsonc-parser', 'saxes'),
      ],
      'What authors of private datasets test with, in their own packages.',
    ),
    {
      name: 'catalog-imports-only',
      severity: 'error',
      from: { path: '^datasets/(catalog|places|recordings)\\.ts$' },
      to: { pathNot: ['^datasets/', '^domain/', node, ...npm('tsx')] },
    },
    only(
      'workflows',
      ['^domain/', '^activities/', ...npm('@temporalio/workflow')],
      'Deterministic: nothing that can change a replay.',
    ),
    typesOnly('workflows', 'activities'),
    {
      ...only(
        'db',
        ['^domain/', node, ...npm('pg', 'pg-copy-streams', 'node-pg-migrate', 'sql-template-tag')],
        'All SQL, and nothing but.',
      ),
      from: { path: '^db/', pathNot: '^db/read/' },
    },
    only(
      'notify',
      ['^domain/', '^db/', node, ...npm('undici', 'nodemailer')],
      'Who is told of what: shared by workers and the API.',
    ),
    only('activities', [
      '^domain/',
      '^datasets/',
      '^db/',
      '^notify/',
      node,
      ...npm('@temporalio/activity', '@temporalio/common', 'undici', 'yauzl'),
    ]),
    only(
      'db/read',
      ['^domain/', '^db/', ...npm('apache-arrow', 'hyparquet-writer')],
      'Shared by the API and the command.',
    ),
    only('temporal', [
      '^domain/',
      '^datasets/',
      '^workflows/',
      node,
      ...npm('@temporalio/client', '@temporalio/envconfig'),
    ]),
    typesOnly('temporal', 'workflows'),
    only('config/tracing', [
      '^domain/',
      '^db/connection/statement-channel\\.ts$',
      '^workflows/tracing/',
      node,
      ...npm('@opentelemetry', '@temporalio/interceptors-opentelemetry'),
      ...npm('@temporalio/client', '@temporalio/worker', '@temporalio/workflow', 'fastify'),
    ]),
    {
      name: 'tracing-is-loaded-on-demand',
      comment:
        'What traces costs time and memory at start: one module loads it, where a setting asks for it.',
      severity: 'error',
      from: { pathNot: '^(config/tracing|test)/' },
      to: {
        path: '^(config/tracing/|node_modules/@opentelemetry/|node_modules/@temporalio/interceptors)',
        pathNot: '^config/tracing/load\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'tracing-is-loaded-by-one-module',
      severity: 'error',
      from: { path: '^config/tracing/load\\.ts$' },
      to: { path: '^config/tracing/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'help-needs-no-work',
      comment:
        'A verb is imported when it is typed, and the client of Temporal when it connects: help is printed without.',
      severity: 'error',
      from: { path: '^cli/(program|run|main)\\.ts$' },
      to: {
        pathNot: ['^cli/(program|run)\\.ts$', '^config/installation\\.ts$', ...npm('commander')],
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'api-reads-and-asks',
      comment: 'It reads through db and starts work through temporal; only workers act on a source.',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: '^(activities|workflows)/' },
    },
    {
      name: 'simulator-stands-alone',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { pathNot: ['^simulator/', node, ...npm('fflate')] },
    },
    only('web', [], 'The page runs in a browser and knows the HTTP API only.'),
    {
      name: 'nobody-imports-the-page',
      comment: 'The API sends its files as they are.',
      severity: 'error',
      from: { pathNot: '^(web|test)/' },
      to: { path: '^web/' },
    },
    {
      name: 'roots-do-not-import-each-other',
      severity: 'error',
      from: { path: '^(workers|cli|scripts/start|api)/' },
      to: { path: '^(workers|cli|scripts/start|api|simulator)/', pathNot: '^$1/' },
    },
    {
      name: 'nobody-imports-roots',
      severity: 'error',
      from: { pathNot: '^(workers|cli|api|scripts|test)/' },
      to: { path: '^(workers|cli|scripts/start|api)/' },
    },
    {
      name: 'only-roots-read-settings',
      severity: 'error',
      from: { pathNot: '^(workers|cli|api/main.ts|scripts|test|config)' },
      to: { path: '^config/(config|datasets)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.tidemark)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
    },
  },
};
