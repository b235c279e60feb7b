/** Do recorded answers of the platform stand in SQL, value for value, each under its zone, auction, type and version? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relationNames } from '../../../../domain/dataset/relation-names.ts';
import type { Settings } from '../../../../domain/dataset/settings.ts';
import { deliveryInterval } from '../../../../domain/time/delivery-day.ts';
import { runDay } from '../../../../temporal/days.ts';
import { linesByText, RECORDED, xmlOf } from '../../../support/entsoe/by-text.ts';
import { ENTSOE_RECORDINGS } from '../../../support/recordings.ts';
import { TOKEN } from '../../../support/simulator/entsoe.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

describe('recorded answers', () => {
  let testEnv: TestEnvironment;
  const settings = new Map<string, Settings>();
  const choose = (zones: string) => settings.set('entsoe', { ENTSOE_TOKEN: TOKEN, ENTSOE_ZONES: zones });

  beforeAll(async () => {
    testEnv = await openTestEnvironment({
      simulator: { recorded: ENTSOE_RECORDINGS },
      sourceSettings: settings,
    });
    await testEnv.startWorker();
  });
  afterAll(() => testEnv.close());

  async function ingest(dataset: string, day: string) {
    return await (await runDay(testEnv.temporal, { dataset, day, wait: false })).result();
  }

  test.each(RECORDED)('$file', async (recorded) => {
    const { dataset: id, part, day } = recorded;
    choose(part.replace('>', ','));
    const outcome = await ingest(id, day);
    const { schema, table } = relationNames(id);
    const rows = await testEnv.rows<{ starts_at: Date; series: string; value: number }>(
      `select starts_at, series, value from ${schema}.${table} where delivery_day = $1`,
      [day],
    );
    const stored = rows.map(
      ({ starts_at, series, value }) => `${series} ${starts_at.toISOString()} ${value}`,
    );
    const expected = linesByText(recorded, deliveryInterval(testEnv.catalog.get(id), day));
    expect(stored.toSorted()).toEqual(expected.toSorted());
    // Flows were recorded in one direction of one border: of the others there is nothing.
    expect(outcome.state).toBe(id === 'entsoe.physical-flows' ? 'partial' : 'complete');
    const [{ attributes } = { attributes: null }] = await testEnv.rows<{ attributes: unknown }>(
      'select attributes from catalog.series where dataset = $1 and series = $2',
      [id, stored[0]?.split(' ')[0]],
    );
    expect(attributes).toMatchObject({ zone: part.split('>')[0] });
  });

  test('outages are records, with the version that was recorded', async () => {
    choose('BE');
    await ingest('entsoe.generation-outages', '2024-01-10');
    const rows = await testEnv.rows<Record<string, unknown>>(
      `select key, version, status, zone, psr_type, unit, nominal_mw::float, available_mw::float, starts_at, ends_at, published_at
         from entsoe.generation_outages order by key`,
    );
    const documents = xmlOf('a80_be_202401_planned.zip').split('<Unavailability_MarketDocument').slice(1);
    expect(rows).toHaveLength(documents.length);
    for (const xml of documents) {
      const text = (tag: string) => new RegExp(`<${tag}[^>]*>([^<]*)<`).exec(xml)?.[1] ?? '';
      const unit = 'production_RegisteredResource';
      const quantities = [...xml.matchAll(/<quantity>([^<]*)</g)].map(([, mw]) => Number(mw));
      expect(rows.find(({ key }) => key === text('mRID'))).toMatchObject({
        version: Number(text('revisionNumber')),
        ...{ status: /<docStatus>\s*<value>(A\d+)/.exec(xml)?.[1] ?? 'A05', zone: 'BE' },
        psr_type: text(`${unit}.pSRType.psrType`),
        unit: text(`${unit}.mRID`),
        nominal_mw: Number(text(`${unit}.pSRType.powerSystemResources.nominalP`)),
        available_mw: Math.min(...quantities),
        starts_at: new Date(text('start')),
        ends_at: new Date(text('end')),
        published_at: new Date(text('createdDateTime')),
      });
    }
  });
});
