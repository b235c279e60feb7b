/**
 * Drill: the run of an operator, from an alert of a real Prometheus to the end of the alert. Who is called knows nothing but what
 * the alert links: its run-book, the commands that stand there, and the links that these and the API give.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../config/installation.ts';
import type { FaultInput } from '../../simulator/faults.ts';
import { runDay } from '../../temporal/days.ts';
import { type ApiEnvironment, openApiEnvironment } from '../support/api/api-environment.ts';
import { type Ran, settingsOf, tidemark } from '../support/command.ts';
import type { Alert } from '../support/monitoring/prometheus.ts';
import { type MonitoredSystem, startMonitoredSystem } from '../support/monitoring/system.ts';
import { DATASET } from '../support/test-environment.ts';

const PATIENCE = { timeout: 60_000, interval: 500 };

let testEnv: ApiEnvironment;
let system: MonitoredSystem;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { quotaRequests: 0 } });
  const rules = readFileSync(join(ROOT, 'deploy/monitoring/rules.yml'), 'utf8');
  // How long each waits before it calls somebody is held by deploy/monitoring/rules.test.yml.
  system = await startMonitoredSystem(testEnv, rules.replaceAll(/for: \d+\w/g, 'for: 0s'));
});
afterAll(async () => {
  await system.close();
  await testEnv.close();
});

interface BadDay {
  readonly alert: string;
  readonly day: string;
  /** What goes wrong at the publisher. */
  readonly fault: Exclude<FaultInput, string>;
  readonly wait: boolean;
  /** The command of the run-book that shows the day, and what it says. */
  readonly look: string;
  readonly says: RegExp;
  /** The one that heals it, once the publisher is well. */
  readonly heal: string;
}

const BAD_DAYS: readonly BadDay[] = [
  {
    ...{ alert: 'TidemarkDayLate', day: '2026-10-05', fault: { name: 'empty-data' }, wait: false },
    ...{ look: 'days <dataset>', says: /2026-10-05.*late/, heal: 'rerun <dataset> --day <day> --wait' },
  },
  {
    ...{ alert: 'TidemarkDaysFailed', day: '2026-10-06', fault: { name: 'status', code: 403 }, wait: true },
    ...{
      look: 'days <dataset>',
      says: /2026-10-06.*REQUEST_REFUSED/s,
      heal: 'rerun <dataset> --failed --wait',
    },
  },
  {
    ...{ alert: 'TidemarkQuarantined', day: '2026-10-07', wait: true },
    fault: { name: 'negative', border: 'border_AT_CZ' },
    ...{
      look: 'quarantine list <dataset>',
      says: /border_AT_CZ/,
      heal: 'rerun <dataset> --day <day> --wait',
    },
  },
];

test.each(BAD_DAYS)(
  '$alert leads to the cured day',
  async ({ alert, day, fault, wait, look, says, heal }) => {
    const { id } = testEnv.simulator.faults.add({ ...fault, day });
    await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait })).result().catch(() => {});

    const { labels, annotations } = await fires(alert);
    expect(labels).toMatchObject({ dataset: DATASET });
    const commands = commandsOf(annotations.runbook_url ?? '');

    const seen = await typed(commands, look, day);
    expect(seen.stdout).toMatch(says);
    const entry = await json(`${system.url}/v1/datasets/${labels.dataset}/days/${day}`);
    expect(entry.state).not.toBe('complete');
    expect(entry.link).toMatch(new RegExp(`day:${DATASET}:${day}`));

    testEnv.simulator.faults.clear({ id });
    const healed = await typed(commands, heal, day);
    expect([healed.code, healed.stderr]).toEqual([0, '']);
    expect((await json(`${system.url}/v1/datasets/${labels.dataset}/days/${day}`)).state).toBe('complete');
    await ends(alert);
  },
  180_000,
);

test('TidemarkNoWorker leads to a worker', async () => {
  await system.stopWorker();
  const { annotations } = await fires('TidemarkNoWorker');
  expect(sectionOf(annotations.runbook_url ?? '')).toContain('`npm run worker`');
  expect((await tidemark(settingsOf(testEnv), 'doctor')).stdout).toMatch(/^FAIL workers/m);
  await system.startWorker();
  await ends('TidemarkNoWorker');
  expect((await tidemark(settingsOf(testEnv), 'doctor')).stdout).toMatch(/^ok +workers/m);
}, 180_000);

test('TidemarkApiAway ends when the API is back; the command reads meanwhile, as its run-book says', async () => {
  await system.stopApi();
  const { annotations } = await fires('TidemarkApiAway');
  expect(sectionOf(annotations.runbook_url ?? '')).toContain('`npx tidemark query`');
  const read = await tidemark(
    settingsOf(testEnv),
    'query',
    DATASET,
    '--from',
    '2026-10-05',
    '--to',
    '2026-10-05',
  );
  expect(read.code).toBe(0);
  expect(read.stdout).toContain('border_AT_CZ');
  await system.startApi();
  await ends('TidemarkApiAway');
}, 180_000);

async function fires(name: string): Promise<Alert> {
  const find = async () => (await system.prometheus.firing()).find(({ labels }) => labels.alertname === name);
  await expect.poll(find, PATIENCE).toBeDefined();
  return (await find()) as Alert;
}

async function ends(name: string): Promise<void> {
  const names = async () => (await system.prometheus.firing()).map(({ labels }) => labels.alertname);
  await expect.poll(names, PATIENCE).not.toContain(name);
}

/** Runs a command as it stands in a run-book. */
function typed(commands: readonly string[], command: string, day: string): Promise<Ran> {
  expect(commands).toContain(command);
  const words = command.replace('<dataset>', DATASET).replace('<day>', day).split(' ');
  return tidemark(settingsOf(testEnv), ...words);
}

function commandsOf(link: string): string[] {
  return [...sectionOf(link).matchAll(/`npx tidemark ([^`]+)`/g)].map(([, command = '']) => command);
}

/** What stands under the heading that a link of the form `docs/file.md#heading` leads to. */
function sectionOf(link: string): string {
  const [file = '', anchor = ''] = link.split('#');
  const sections = readFileSync(join(ROOT, file), 'utf8').split(/^#+ /m);
  const found = sections.find(
    (section) => section.split('\n')[0]?.toLowerCase().replaceAll(' ', '-') === anchor,
  );
  if (!found) throw new Error(`nothing stands at ${link}`);
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: looked into by hand; its schema is checked elsewhere
const json = async (url: string): Promise<any> => (await fetch(url)).json();
