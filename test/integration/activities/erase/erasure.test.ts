/** Is a person who was erased nowhere any more, as though they had never been, and does it stay so? */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEraseUnit } from '../../../../activities/erase/erase-unit.ts';
import { createFinishErasure, createPlanErasure } from '../../../../activities/erase/plan-erasure.ts';
import { foldLines, ofLines } from '../../../../activities/lines/fold-lines.ts';
import { type LineDataset as AnyLines, LineSorter } from '../../../../activities/lines/sort-lines.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { checkoutEvents } from '../../../../datasets/checkout/events.ts';
import { SCHEMA_VERSION } from '../../../../datasets/checkout/schemas.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { insertErasure } from '../../../../db/queries/payloads/erasures.ts';
import { unpackBody } from '../../../../db/queries/payloads/payload-body.ts';
import type { RecordDataset } from '../../../../domain/dataset/records.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { datedBack } from '../../../support/database.ts';
import { openRecordsEnvironment, type RecordsEnvironment } from '../../../support/records-environment.ts';
import { registerEnabled } from '../../../support/register-datasets.ts';
import { runs } from '../../../support/runs.ts';
import { event } from '../../../support/sample-events.ts';

type LineDataset = AnyLines & RecordDataset;

const DATASET = 'checkout.events';
const PERSON = 'user-7c1f';
const EMAIL = 'zoe@example.org';

describe('what a stream leaves after an erasure', () => {
  let testEnv: RecordsEnvironment;
  beforeAll(async () => {
    testEnv = await openRecordsEnvironment([]);
  });
  afterAll(() => testEnv.close());

  /** Two fresh datasets of the same kind: a person is erased from the one, and never was in the other. */
  async function twins(number: number) {
    const ids = [`sample.erased-${number}`, `sample.never-${number}`];
    const datasets = ids.map((id) => ({ ...checkoutEvents(SCHEMA_VERSION), id }));
    await registerEnabled(testEnv.stored.database, datasets);
    return datasets.map(ofLines) as [LineDataset, LineDataset];
  }

  /** Two events of few users on two days, some corrected, some ended, some broken. */
  const line = fc
    .record({
      id: fc.constantFrom('e1', 'e2', 'e3'),
      version: fc.nat(3),
      user_id: fc.constantFrom(PERSON, 'user-other'),
      day: fc.constantFrom('2026-03-01', '2026-03-02'),
      form: fc.constantFrom('fine', 'fine', 'fine', 'ended', 'unknown', 'cut'),
    })
    .map(({ day, form, ...fields }) => {
      const time = `${day}T10:00:00Z`;
      if (form === 'ended') return { ...fields, time, deleted: true };
      const whole = event({ ...fields, time, ...(form === 'unknown' ? { type: 'Other' } : {}) });
      return form === 'cut' ? JSON.stringify(whole).slice(0, -4) : whole;
    })
    .map((content) => (typeof content === 'string' ? content : JSON.stringify(content)));

  /** No two lines are the same: what came twice by chance would be known by its bytes in one stream only. */
  const pieces = fc
    .array(fc.array(line, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
    .map((all) => all.map((piece, n) => piece.map((text, m) => text.replace('{', `{"note":"${n} ${m}",`))));
  const isOf = (text: string) => text.includes(PERSON);
  const isWhole = (text: string) => text.endsWith('}');
  const without = (all: string[][], gone: (text: string) => boolean) =>
    all.map((piece) => piece.filter((text) => !gone(text)));

  async function send(dataset: LineDataset, all: readonly (readonly string[])[], from = 0) {
    for (const [minute, piece] of all.entries()) {
      if (piece.length === 0) continue;
      const at = new Date(Date.parse('2026-04-01T00:00:00Z') + (from + minute) * 60_000);
      const sorter = new LineSorter(dataset, Date.parse('2026-03-02T12:00:00Z'));
      sorter.add(Buffer.from(piece.map((each) => `${each}\n`).join('')));
      const fold = () =>
        transaction(testEnv.stored.database, (sql) => foldLines(sql, dataset, sorter, at, { url: 'test' }));
      await datedBack(testEnv.stored, fold);
    }
  }

  async function erase(erased: LineDataset) {
    const { database } = testEnv.stored;
    const catalog = catalogOf([erased]);
    const deps = { catalog, database } as unknown as Parameters<typeof createEraseUnit>[0];
    const run = <I, O>(work: (input: I) => Promise<O>, input: I) =>
      new MockActivityEnvironment({ activityId: randomUUID() }).run(work, input) as Promise<O>;
    const wanted = { dataset: erased.id, person: PERSON, mentions: [], by: 'test', reason: 'asked for' };
    const erasure = await insertErasure(database, { ...wanted, dryRun: false });
    const { units } = await run(createPlanErasure(deps), { erasure });
    for (const unit of units) await run(createEraseUnit(deps), { erasure, unit, look: false });
    const looked = { payloads: 0, affected: 0, lines: 0, naming: 0 };
    for (const unit of units) {
      const found = await run(createEraseUnit(deps), { erasure, unit, look: true });
      looked.payloads += found.payloads;
      looked.lines += found.lines;
    }
    return await run(createFinishErasure(deps), { erasure, ...looked });
  }

  async function contentOf(dataset: LineDataset) {
    const { versions, findings, changes, ledger } = await testEnv.contentOf(dataset);
    return {
      ...{ versions, findings },
      // That an erasure was, and that there was something which is no more, the feed does not take back.
      changes: changes.filter((each) => {
        const { new_points, revised_points, nulled_points } = each as Record<string, number>;
        return [new_points, revised_points, nulled_points].some((points) => points !== 0);
      }),
      // That something was heard stays true, though nothing is left of it.
      ledger: ledger
        .filter((day) => (day as { present_points: number }).present_points > 0)
        .map((day) => ({ ...(day as object), last_checked_at: null })),
    };
  }

  test('is what it would be without that person, also when all of it is sent again', async () => {
    let pairs = 0;
    await fc.assert(
      fc.asyncProperty(pieces, async (sent) => {
        const [erased, never] = await twins(pairs++);
        const same = async () => expect(await contentOf(erased)).toEqual(await contentOf(never));
        await send(erased, sent);
        await send(never, without(sent, isOf));
        const linesRemoved = sent.flat().filter(isOf).length;
        expect(await erase(erased)).toMatchObject({ leftOver: 0, linesRemoved });
        await same();
        // A broken line names nobody: nothing tells that it is of somebody who was erased.
        const again = without(sent, (text) => isOf(text) && !isWhole(text));
        await send(erased, again, 100);
        await send(never, without(again, isOf), 100);
        await same();
      }),
      { numRuns: runs(10) },
    );
  });
});

describe('tidemark erase', () => {
  let testEnv: ApiEnvironment;
  beforeAll(async () => {
    testEnv = await openApiEnvironment();
    await testEnv.startWorker();
    await wakeDrain(testEnv.temporal, DATASET);
  });
  afterAll(() => testEnv.close());

  const run = (...args: string[]) => tidemark(settingsOf(testEnv), ...args);
  const waiting = async () => (await testEnv.rows('select from ops.inbox')).length;
  async function send(...events: (object | string)[]) {
    const { headers } = await makeKey(testEnv, { role: 'operator' });
    const payload = events.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
    const url = `/v1/events/${DATASET}`;
    const sent = { 'content-type': 'application/x-ndjson', ...headers };
    expect((await testEnv.api.inject({ method: 'POST', url, payload, headers: sent })).statusCode).toBe(202);
    await expect.poll(waiting).toBe(0);
  }
  const mine = { user_id: PERSON, email: EMAIL };
  const users = async () =>
    (await testEnv.rows<{ user_id: string }>('select distinct user_id from checkout.events order by 1')).map(
      ({ user_id }) => user_id,
    );

  /** Every row of every table of ours, as text, payloads unpacked. */
  async function everything(): Promise<string> {
    const tables = await testEnv.rows<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('ops', 'store')
         and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await testEnv.rows<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    for (const { bytes, encoding } of await testEnv.rows<{ bytes: Buffer; encoding: 'gzip' | 'identity' }>(
      'select bytes, encoding from ops.payload where bytes is not null',
    ))
      texts.push((await unpackBody({ bytes, encoding })).toString());
    return texts.join('\n');
  }

  test('says first what would go, and changes nothing', async () => {
    await send(
      event({ id: 'm1', ...mine }),
      event({ id: 'm1', ...mine, version: 2, price: 5 }),
      event({ id: 'o1', user_id: 'other' }),
      event({ id: 'o2', user_id: 'third', note: `friend of ${EMAIL}` }),
      event({ id: 'm2', ...mine, type: 'Unknown' }),
      JSON.stringify(event({ id: 'm4', ...mine })).replace(/}$/, ',"user_id":"other"}'),
      `{"id":"m3","user_id":"${PERSON}",`,
    );
    const { code, stdout } = await run(
      'erase',
      DATASET,
      ...['--person', PERSON, '--reason', 'request 12', '--dry-run'],
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'would erase 5 lines of 2 payloads, 2 versions and 1 findings; nothing changed; looked for: the id in user_id, and as a word in lines that cannot be read; no other line holds the id as a word\n',
    });
    expect(await users()).toEqual(['other', 'third', PERSON]);
  });

  test('leaves nothing anywhere, and a proof', async () => {
    expect(await everything()).toContain(PERSON);
    const args = ['--person', PERSON, '--mention', EMAIL, '--reason', 'request 12', '--by', 'anna', '--wait'];
    const { code, stdout } = await run('erase', DATASET, ...args);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'erased 6 lines of 2 payloads, 3 versions and 3 findings; looked through 2 payloads again for the id in user_id, and as a word in lines that cannot be read; 1 mention as a word in any line: none; no other line holds the id as a word\n',
    });
    expect(await users()).toEqual(['other']);
    const left = await everything();
    expect(left).not.toContain(PERSON);
    expect(left).not.toContain(EMAIL);
    const proofs = JSON.parse((await run('erasures', '--json')).stdout);
    expect(proofs[0]).toMatchObject({
      requestedBy: 'anna',
      reason: 'request 12',
      linesRemoved: 6,
      leftOver: 0,
    });
    expect(
      await testEnv.rows(
        'select lines_removed, sha256_after = p.sha256 as now from ops.erased_payload join ops.payload p on p.id = payload_id order by 1',
      ),
    ).toEqual([
      { lines_removed: 1, now: true },
      { lines_removed: 5, now: true },
    ]);
  });

  test('says it to nobody: not in a history of Temporal either', async () => {
    // The one that only looked, and the one that erased; the list of workflows follows a moment later.
    const erasures = () => testEnv.temporal.client.workflow.count(`WorkflowType = 'erasePerson'`);
    await expect.poll(erasures).toMatchObject({ count: 2 });
    const found: string[] = [];
    for await (const { workflowId, runId } of testEnv.temporal.client.workflow.list())
      found.push(
        JSON.stringify(await testEnv.temporal.client.workflow.getHandle(workflowId, runId).fetchHistory()),
      );
    const texts = found.flatMap((history) =>
      [...history.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
        Buffer.from(data, 'base64').toString(),
      ),
    );
    expect(texts.some((text) => text.includes('erasure'))).toBe(true);
    for (const text of [...found, ...texts]) {
      expect(text).not.toContain(PERSON);
      expect(text).not.toContain(EMAIL);
    }
  });

  test('holds when what was erased is sent again, and not for what comes later', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    await send(event({ id: 'm1', ...mine, version: 3 }), event({ id: 'o3', user_id: 'other' }));
    expect(await users()).toEqual(['other']);
    await send(event({ id: 'm9', ...mine, time: later }));
    expect(await users()).toEqual(['other', PERSON]);
  });

  test('says how many lines of others hold the id as a word, and leaves them', async () => {
    await send(
      event({ id: 's1', user_id: 'second' }),
      event({ id: 's2', user_id: 'other', note: 'a gift of Second' }),
      event({ id: 's3', user_id: 'other', related_id: 'second' }),
      event({ id: 's4', user_id: 'other', related_id: 'seconds' }),
    );
    const { code, stdout } = await run('erase', DATASET, '--person', 'second', '--reason', 'x', '--wait');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(
        ': none; 2 other lines hold the id as a word in another field and stay: --mention with the id takes such lines too\n',
      ),
    });
    const [proof] = JSON.parse((await run('erasures', '--json')).stdout);
    expect(proof).toMatchObject({
      linesNaming: 2,
      searchedFor: 'the id in user_id, and as a word in lines that cannot be read',
    });
    expect(
      await testEnv.rows(`select key from checkout.events where key ~ '^s\\d' order by key`),
    ).toMatchObject([{ key: 's2' }, { key: 's3' }, { key: 's4' }]);
  });

  test.each([
    [
      ['erase', 'jao-core.max-exchanges', '--person', 'x', '--reason', 'y'],
      'has no field that names a person',
    ],
    [['erase', DATASET, '--person', ' x', '--reason', 'y'], '--person has 2 characters'],
    [['erase', DATASET, '--person', 'x', '--reason', ' '], '--reason has 0 characters'],
    [['erase', DATASET, '--reason', 'y'], "required option '--person <id>'"],
  ])('refuses %s', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
