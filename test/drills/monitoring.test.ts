/** Drill: a running system, a real Prometheus that scrapes it, and every rule and every query of a dashboard asked of that. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../config/installation.ts';
import { runDay } from '../../temporal/days.ts';
import { type ApiEnvironment, openApiEnvironment } from '../support/api/api-environment.ts';
import { prometheusPrograms } from '../support/monitoring/prometheus.ts';
import { type MonitoredSystem, startMonitoredSystem } from '../support/monitoring/system.ts';
import { DATASET } from '../support/test-environment.ts';

const MONITORING = join(ROOT, 'deploy/monitoring');

test('every alert comes at its instant, and not before', async () => {
  const promtool = join(await prometheusPrograms(), 'promtool');
  const { stdout } = await promisify(execFile)(promtool, ['test', 'rules', 'rules.test.yml'], {
    cwd: MONITORING,
  });
  expect(stdout).toContain('SUCCESS');
});

test('every rule has a test, and a run-book that is there', async () => {
  const rules = await rulesOf();
  const tests = await readFile(join(MONITORING, 'rules.test.yml'), 'utf8');
  const recipes = await readFile(join(ROOT, 'docs/recipes.md'), 'utf8');
  const anchors = new Set([...recipes.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)));
  for (const { alert, annotations } of rules) {
    expect(tests).toContain(`alertname: ${alert}\n`);
    expect([alert, anchors.has(annotations.runbook_url.split('#')[1] ?? '')]).toEqual([alert, true]);
  }
});

test('a running system', async () => {
  const running = await startSystem();
  try {
    await expect
      .poll(async () => (await running.prometheus.query('sum(up)')).data.result)
      .toMatchObject([{ value: [expect.anything(), '2'] }]);
    // Rates need two scrapes.
    await expect
      .poll(async () => (await running.prometheus.query('count_over_time(up[5m]) > 4')).data.result.length, {
        timeout: 60_000,
      })
      .toBe(2);
    for (const { title, expr } of await queries()) {
      const { status, error, data } = await running.prometheus.query(expr);
      expect([title, expr, status, error ?? '']).toEqual([title, expr, 'success', '']);
      expect([title, expr, data.result.length > 0]).toEqual([title, expr, true]);
    }
    for (const { alert, expr } of await rulesOf()) {
      const { status, data } = await running.prometheus.query(expr);
      // Nothing is wrong with it.
      expect([alert, status, data.result]).toEqual([alert, 'success', []]);
    }
  } finally {
    await running.close();
  }
}, 300_000);

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook_url: string };
}

async function rulesOf(): Promise<Rule[]> {
  const { groups } = parse(await readFile(join(MONITORING, 'rules.yml'), 'utf8')) as {
    groups: { rules: Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

async function queries(): Promise<{ title: string; expr: string }[]> {
  const boards = await Promise.all(
    ['data', 'system'].map(async (name) =>
      JSON.parse(await readFile(join(MONITORING, `dashboards/${name}.json`), 'utf8')),
    ),
  );
  return boards.flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }: { title: string; targets: { expr: string }[] }) =>
      targets.map(({ expr }) => ({ title, expr })),
    ),
  );
}

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { quotaRequests: 0 } });
});
afterAll(() => testEnv.close());

/** With a day of today, and a poll that was seen. */
async function startSystem(): Promise<MonitoredSystem> {
  const system = await startMonitoredSystem(testEnv);
  const today = new Date().toISOString().slice(0, 10);
  await (await runDay(testEnv.temporal, { dataset: DATASET, day: today, wait: false })).result();
  await testEnv.temporal.client.workflow.execute('pollDataset', {
    args: [{ dataset: DATASET }],
    taskQueue: 'tidemark',
    workflowId: 'poll',
  });
  return system;
}
