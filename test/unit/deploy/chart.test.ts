/** What the chart and the project agree on, without Helm: its values and their schema, its settings, its programs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, VERSION } from '../../../config/installation.ts';
import { NOTIFY_SECRETS } from '../../../config/notify.ts';
import { SIGN_ON_SECRETS } from '../../../config/signon.ts';
import { secretSettings } from '../../../config/sources.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { CHART, chartFile, templates, VALUES_FILES } from '../../support/kubernetes/chart.ts';
import { documentedSettings, isSetting, NOT_BY_VALUES } from '../../support/kubernetes/settings-of-chart.ts';

const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
const accepts = new Ajv({ allErrors: true }).compile(schema);
const namesIn = (group: string) => Object.keys(schema.properties[group].properties);

function faultsOf(values: unknown): string[] {
  accepts(values);
  return (accepts.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the schema takes the default values, and names every one of them', () => {
  expect(faultsOf(chartFile('values.yaml'))).toEqual([]);
  const top = Object.keys(schema.properties).filter((name) => name !== 'global');
  expect(Object.keys(chartFile('values.yaml')).toSorted()).toEqual(top.toSorted());
});

test.each(VALUES_FILES)('the schema takes %s', (file) => {
  const given = parse(readFileSync(file, 'utf8')) as Values;
  expect(faultsOf(merged(chartFile('values.yaml'), given))).toEqual([]);
});

interface Values {
  readonly [name: string]: unknown;
}

/** As Helm does: what a file does not say is said by the defaults, at every depth. */
function merged(defaults: Values, given: Values): Values {
  const isMap = (value: unknown): value is Values => value?.constructor === Object;
  const entries = Object.entries(given).map(([name, value]) => {
    const before = defaults[name];
    return [name, isMap(before) && isMap(value) ? merged(before, value) : value];
  });
  return { ...defaults, ...Object.fromEntries(entries) };
}

test('a setting has a place in the values, unless the chart or the image decides it', () => {
  const placed = new Set([...namesIn('settings'), ...namesIn('secretSettings'), ...NOT_BY_VALUES]);
  const hint = 'write it to settings or secretSettings of deploy/helm/tidemark/values.schema.json';
  expect(documentedSettings().filter((name) => !placed.has(name), hint)).toEqual([]);
});

test('what the values and the templates set are settings', () => {
  const set = Object.values(templates()).flatMap((text) =>
    [...text.matchAll(/name: ([A-Z][A-Z_]+)\b/g)].map(([, name = '']) => name),
  );
  expect(set).toContain('WORKER_HEALTH_ADDRESS');
  const all = [...set, ...namesIn('settings'), ...namesIn('secretSettings')];
  expect(all.filter((name) => !isSetting(name))).toEqual([]);
  expect(set.filter((name) => !NOT_BY_VALUES.includes(name))).toEqual([]);
  expect(isSetting('WORKER_HEALT_ADDRESS')).toBe(false);
});

test('a secret comes from a Secret alone', async () => {
  const { sources } = await loadCatalog();
  const secrets = [...NOTIFY_SECRETS, ...SIGN_ON_SECRETS, ...secretSettings(sources), 'TEMPORAL_API_KEY'];
  expect(namesIn('secretSettings')).toEqual(expect.arrayContaining(secrets));
  expect(namesIn('settings').filter((name) => secrets.includes(name))).toEqual([]);
});

test('chart and package are of one version, and run what is compiled', () => {
  expect(chartFile('Chart.yaml')).toMatchObject({ version: VERSION, appVersion: VERSION });
  const programs = Object.values(templates()).flatMap((text) =>
    [...text.matchAll(/command: \[node, (\S+)\.js\]/g)].map(([, path]) => `${path}.ts`),
  );
  expect(programs.toSorted()).toEqual(['api/main.ts', 'workers/main.ts', 'workers/migrate.ts']);
  expect(programs.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
