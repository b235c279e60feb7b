/** Can every sample query be sent as soon as it is shown: is the instant it asks for one that has passed? */
import { expect, test } from 'vitest';
import { sampleQueries } from '../../../../api/entry/relations.ts';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { isPulledPoints } from '../../../../domain/dataset/dataset.ts';
import { momentOf } from '../../../../domain/time/delivery-day.ts';

const { datasets } = await loadCatalog(datasetPlaces());
const DAY = '2026-11-20';
const place = { baseUrl: 'http://127.0.0.1:8080', needsKey: false };

test.each(datasets.filter(isPulledPoints).map((dataset) => [dataset.id, dataset] as const))(
  '%s, before its deadline, at it and after it',
  (_, dataset) => {
    const deadline = momentOf(dataset, DAY, dataset.pull.publication.deadline);
    for (const after of [-86_400_000, -1, 0, 1]) {
      const now = new Date(deadline + after);
      const changedAt = new Date(now.getTime() - 60_000);
      const asked = sampleQueries({ dataset, day: DAY, ...place, changedAt, now }).flatMap(({ curl }) => {
        const [, url = ''] = /"(http[^"]+)"/.exec(curl) ?? [];
        return new URL(url).searchParams.get('as_of') ?? [];
      });
      expect(asked).toEqual([new Date(after < 0 ? changedAt : deadline).toISOString()]);
      expect(Date.parse(asked[0] ?? '')).toBeLessThanOrEqual(now.getTime());
    }
  },
);

const waited = new Set(datasets.filter(isPulledPoints).map(({ id }) => id));
test.each(datasets.filter(({ id }) => !waited.has(id)).map((dataset) => [dataset.id, dataset] as const))(
  '%s says that something changed only where something did',
  (_, dataset) => {
    const now = new Date();
    const said = (changedAt: Date | null) =>
      sampleQueries({ dataset, day: DAY, ...place, changedAt, now }).map(({ question }) => question)[1];
    expect(said(now)).toBe(`${DAY} as it was known at ${now.toISOString()}, when something last changed`);
    expect(said(null)).toBe(`${DAY} as it was known at ${now.toISOString()}, when this was shown`);
  },
);
