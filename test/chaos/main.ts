/**
 * `npm run chaos -- [--seed N] [--kills N] [--days N]`: the whole system under kills and cuts, compared row by row with a
 * run in peace. Exit 0 when nothing differs and no law is broken.
 */
import { parseArgs } from 'node:util';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { planRun } from './plan.ts';
import { type Findings, runChaos } from './run.ts';
import { yesterday } from './yesterday.ts';

const options = {
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  kills: { type: 'string', default: '50' },
  days: { type: 'string', default: '40' },
} as const;

const { seed, kills, days } = parseArgs({ options }).values;
const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
console.log(`seed ${seed}`);
const plan = planRun({
  seed: wholeNumber('seed', seed),
  kills: wholeNumber('kills', kills),
  // Each kind of bad answer has a day of its own.
  days: wholeNumber('days', days, 5),
  to: yesterday(),
  pauses: true,
});
const findings = await runChaos(
  plan,
  (line) => console.error(`${Math.round(performance.now() / 1000)} s · ${line}`),
  { beside: true },
);
print(findings);
const bad = [
  ...findings.differences,
  ...findings.brokenLaws,
  ...findings.rebuiltOtherwise,
  ...findings.missedChanges,
  ...findings.answers.changed,
  ...findings.answers.refused,
];
process.exitCode = bad.length + findings.writes.unlocked + findings.requests.throttled > 0 ? 1 : 0;

function wholeNumber(name: string, text: string, least = 0): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  console.error(`--${name} is "${text}": write a whole number of at least ${least}`);
  process.exit(2);
}

function print(found: Findings): void {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => `${count} × ${name}`);
  console.log(`${plan.from}..${plan.to}, ${plan.phases.length} phases, ${found.seconds.toFixed(0)} s`);
  console.log(`kills and cuts    ${list(found.disturbances).join(', ')}`);
  console.log(`runs              ${found.runs}, given up: ${JSON.stringify(found.givenUp)}`);
  console.log(`ended by itself   ${found.workersEnded.join(', ') || 'no worker'}`);
  const { total, throttled, greatestRequestedInWindow, byStatus } = found.requests;
  console.log(
    `requests          ${total} ${JSON.stringify(byStatus)}, at most ${greatestRequestedInWindow} a minute, ${throttled} too many`,
  );
  console.log(`writes to days    ${found.writes.total}, without the day's lock: ${found.writes.unlocked}`);
  console.log(`rows compared     ${list(found.compared).join(', ')}`);
  console.log(`differences       ${found.differences.length}`);
  console.log(`broken laws       ${found.brokenLaws.length}`);
  console.log(`rebuilt otherwise ${found.rebuiltOtherwise.length}`);
  console.log(`missed changes    ${found.missedChanges.length}`);
  console.log(`read meanwhile    ${list(found.answers.requests).join(', ')}`);
  console.log(
    `changed answers   ${found.answers.changed.length}, pins refused ${found.answers.refused.length}`,
  );
  for (const line of [
    ...found.differences.slice(0, 20),
    ...found.brokenLaws,
    ...found.rebuiltOtherwise,
    ...found.answers.changed,
  ])
    console.log(`  ${line}`);
}
