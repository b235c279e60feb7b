/**
 * Does a usage error end with 2 and a message that names the field, the value and a hint, before anything is started? Where
 * the settings point nobody answers, so a command that went on would say so instead.
 */
import { describe, expect, test } from 'vitest';
import { type Settings, tidemark } from '../../support/command.ts';
import { DATASET } from '../../support/test-environment.ts';

const NOBODY: Settings = {
  DATABASE_URL: 'postgres://tidemark:hunter2@127.0.0.1:9/x',
  TEMPORAL_ADDRESS: '127.0.0.1:9',
  JAO_BASE_URL: 'http://127.0.0.1:9',
};
const DAYS = '--from 2026-11-01 --to 2026-11-02';
const VERBS = [
  'backfill, steer, backfills, rerun, rebuild, status, days, files, query, changes, explain, absent, doctor',
  'pause, resume, enable, disable, load, refresh, erase, erasures',
  'locations list, locations add, locations change, locations remove',
  'quarantine list, quarantine release, quarantine waive, keys create, keys list, keys revoke',
  'dataset new, dataset try, dataset record, dataset verify, notify add, notify list, notify test, notify remove',
].flatMap((verbs) => verbs.split(', '));

/** As a shell has them, as far as these lines need one. */
const wordsOf = (line: string) => (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));

async function refusal(line: string, settings = NOBODY): Promise<string> {
  const { code, stdout, stderr } = await tidemark(settings, ...wordsOf(line));
  expect(stdout).toBe('');
  expect(code).toBe(2);
  expect(stderr).not.toMatch(/\n\s+at |hunter2/);
  return stderr;
}

describe.concurrent('a usage error', () => {
  test.each(
    Object.entries({
      [`backfill nope ${DAYS}`]: 'no dataset "nope"; the datasets are ',
      [`backfill ${DATASET} --from 2026-02-30 --to x`]:
        '"from" is "2026-02-30": write an existing date as YYYY-MM-DD; "to" is "x": write',
      [`backfill ${DATASET} --from 2026-11-02 --to 2026-11-01`]:
        '"from" (2026-11-02) is after "to" (2026-11-01); swap them',
      [`backfill ${DATASET} --from 2020-01-01 --to 2999-01-01`]:
        'begins on 2022-06-09; choose 2022-06-09 or later; "to" is 2999-01-01, but nothing is published beyond',
      [`backfill ${DATASET} ${DAYS} --concurrency many --order up`]:
        '"concurrency" is "many": write a whole number from 1 to 200; "order" is "up": write "newest" or "oldest"',
      [`backfill ${DATASET} --from 2026-11-01`]:
        "required option '--to <day>' not specified\n(--help shows the options)",
      [`backfill ${DATASET} ${DAYS} --only complete`]:
        '"only" is ["complete"]: in a list, write "missing" or "late" or "partial" or "quarantined" or "failed"',
      [`backfill ${DATASET} ${DAYS} --all --only failed`]:
        '"days" chooses from the whole range and does not go with "only"',
      [`backfill ${DATASET} ${DAYS} --changed-since yesterday`]:
        '"changedSince" is "yesterday": write an instant with its zone, such as "2026-11-20T10:30:00Z"',
      [`backfill ${DAYS}`]: "missing required argument 'dataset'\n(--help shows the options)",
      [`backfill ${DATASET} ${DAYS} more`]: 'too many arguments',
      [`backfill ${DATASET} ${DAYS} --form x`]: "unknown option '--form'\n(Did you mean --from?)",
      'steer x --pause': '"reason" is missing: write why',
      'steer x --concurrency 0': '"concurrency" is 0: write a whole number from 1 to 200',
      'steer x --skip 2026-11-31 --reason y':
        '"days" is ["2026-11-31"]: in a list, write a day as YYYY-MM-DD',
      'steer x --cancel': '--cancel needs --reason: say why',
      'steer x --resume --order oldest': 'say one thing at a time',
      steer: "missing required argument 'backfill'",
      [`rerun ${DATASET}`]: 'say which days: --day 2026-11-20 (one or more), or --failed, or --state late',
      [`rerun ${DATASET} --day 2026-11-01 --failed`]: 'say which days: --day',
      [`rerun ${DATASET} --day 2026-11-01 --from 2026-11-01`]: 'say which days: --day',
      [`rerun ${DATASET} --from 2026-11-01`]: 'say which days: --day',
      [`rerun ${DATASET} --state late --state broken`]:
        '--state is "broken": write one of scheduled, in_progress, awaiting, late, partial, complete, quarantined, failed, absent',
      [`rerun ${DATASET} --from 2026-11-02 --to 2026-11-01`]:
        '--from (2026-11-02) is after --to (2026-11-01); swap them',
      [`rerun ${DATASET} --failed --from 2020-01-01`]:
        '--from is 2020-01-01, but jao-core.max-exchanges begins',
      [`rerun ${DATASET} --state late --to 2999-01-01`]: 'but nothing is published beyond',
      [`rerun ${DATASET} --day 2020-01-01`]:
        '--day is 2020-01-01, but jao-core.max-exchanges begins on 2022-06-09',
      [`rerun ${DATASET} --day 2026-11-01 --day 2026-11-31`]: '--day is "2026-11-31": write an existing date',
      [`days ${DATASET} --from 2026-11-02 --to 2026-11-01`]:
        '--from (2026-11-02) is after --to (2026-11-01); swap',
      [`query ${DATASET} --from 2026-11-01T00:00 --to 2026-11-02`]:
        '--from is "2026-11-01T00:00": write a delivery day',
      [`query ${DATASET} --from 2026-11-02 --to 2026-11-01`]:
        '--from (2026-11-02) is not before --to (2026-11-01); swap',
      [`query ${DATASET} --from 2026-11-01T00:00Z --to 2026-11-01T00:00Z`]: 'or write a later --to',
      [`query ${DATASET} ${DAYS} --versions`]: '--versions needs one --series',
      'query entsoe.generation-outages --versions': '--versions needs --key',
      [`query ${DATASET} ${DAYS} --versions --as-of 2026-11-20T10:00Z`]:
        '--versions shows what was known at any time; leave out --as-of',
      [`query ${DATASET} ${DAYS} --as-of then`]: '--as-of is "then": write an existing instant',
      [`query ${DATASET} ${DAYS} --format xml`]:
        "'xml' is invalid. Allowed choices are table, csv, json, ndjson",
      'changes nope': 'no dataset "nope"',
      'changes --since yesterday': '--since is "yesterday": write a whole number',
      'changes --limit -1': '--limit is "-1": write a whole number',
      [`explain ${DATASET} --series x`]: 'say what: a value with --series and --at, or a day with --day',
      [`explain ${DATASET} --series x --day 2026-11-01`]: 'say what: a value with --series and --at',
      [`explain ${DATASET} --day 2026-11-31`]: '--day is "2026-11-31": write an existing date',
      [`explain ${DATASET} --series x --at 2026-02-30T00:00Z`]:
        '--at is "2026-02-30T00:00Z": write an existing instant',
      'pause nope --reason x': 'no dataset "nope"; the datasets are ',
      [`pause ${DATASET}`]: "required option '--reason <text>' not specified",
      [`pause ${DATASET} --reason "  "`]: '--reason has 0 characters: say why in 1 to 500',
      'pause --reason x': 'say which: a dataset such as jao-core.max-exchanges, or --source jao-core',
      [`pause ${DATASET} --source jao-core --reason x`]: 'say which: a dataset',
      'pause --source jao --reason x': 'no source "jao"; the sources are ',
      'resume nope': 'no dataset "nope"',
      resume: 'say which: a dataset',
      'keys create --role reader': "required option '--name <name>' not specified",
      'keys create --name " " --role reader': '--name is "": write 1 to 100 characters',
      'keys create --name x --role root': '--role is "root": write one of reader, operator, admin',
      'keys create --name x --role reader --dataset nope': 'no dataset "nope"; the datasets',
      'keys create --name x --role reader --expires soon':
        '--expires is "soon": write an existing day (YYYY-MM-DD) or an instant',
      'keys create --name x --role reader --expires 2020-01-01':
        '--expires is "2020-01-01", which is over; choose a later one',
      'keys revoke': "missing required argument 'id'",
      'status --verbose': "unknown option '--verbose'\n(--help shows the options)",
      backfil: "unknown command 'backfil'\n(Did you mean backfill?)",
      poll: "unknown command 'poll'\n(--help shows the verbs)",
      '': 'Usage: tidemark',
    }),
  )('%s', async (line, summary) => {
    expect(await refusal(line)).toContain(summary);
  });
});

describe.concurrent('help', () => {
  test.each(VERBS)('%s --help shows its options, on standard output', async (verb) => {
    const { code, stdout, stderr } = await tidemark({}, ...verb.split(' '), '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: tidemark ${verb} `);
    expect(stdout).toMatch(/ --json +\S/);
  });

  test('--help and help list every verb, and what the exit codes mean', async () => {
    const [short, long] = await Promise.all([tidemark({}, '--help'), tidemark({}, 'help')]);
    expect(short).toMatchObject({ code: 0, stderr: '' });
    expect(short.stdout).toBe(long.stdout);
    expect(short.stdout).toContain('Exit codes: 0 fine, 1 some days are not fine, 2 a usage error');
    const listed = [...short.stdout.matchAll(/^ {2}([a-z]+)(?: \[verb\])? {2}/gm)].map(([, verb]) => verb);
    const verbs = new Set(VERBS.map((verb) => verb.split(' ')[0]));
    expect(listed.filter((verb) => verb !== 'help').toSorted()).toEqual([...verbs].toSorted());
  });
});

describe.concurrent('servers that do not answer', () => {
  test.each([
    [
      `days ${DATASET}`,
      /the database does not answer \(.*127\.0\.0\.1:9\)\. Start one with "npm start", or set DATABASE_URL/,
    ],
    [`query ${DATASET} ${DAYS} --json`, /the database does not answer/],
    [`rerun ${DATASET} --day 2026-11-01`, /the database does not answer/],
    [
      `backfill ${DATASET} ${DAYS} --wait`,
      /no Temporal server answers at 127\.0\.0\.1:9 \(.*set TEMPORAL_ADDRESS/,
    ],
  ])('%s', async (line, summary) => {
    expect(await refusal(line)).toMatch(summary);
  });

  test('settings that are missing or wrong, all at once', async () => {
    const message = await refusal('status', {
      LOG_LEVEL: 'loud',
      JAO_BASE_URL: 'x://tidemark:hunter2@jao',
    });
    expect(message).toMatch(/DATABASE_URL is not set: write .*\n {2}LOG_LEVEL is "loud": write one of/);
    expect(message).toMatch(/JAO_BASE_URL is wrong: write a URL such as/);
  });
});
