/**
 * Unavailable generation capacity: what outages leave out of use, per zone, production type and quarter-hour. Computed from the records
 * of `entsoe.generation-outages`, again whenever one of them has a new version.
 *
 * Series        `<zone>.<type>`, such as `FR.B14`; the type is `unknown` where an outage names none.
 * A unit        is out by its nominal capacity less what is available. Of outages of one unit at the same time the largest counts.
 * Value         the mean over the quarter-hour; units of a zone and type are added. Zero where an outage is, or was, announced for the
 *               day, but not for this quarter, or was cancelled or withdrawn; null where one says no capacity.
 * Days          of which no outage is known have no values. Outages are requested for the days from yesterday to a week ahead (generation-outages.ts):
 *               of other days only those outages are known that also touch one of these, or that were requested by a person.
 */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import { zoneAnd } from './attributes.ts';
import { unavailableOn } from './capacity.ts';
import { entsoe } from './source.ts';

const FIRST_DAY = '2015-01-05';

export default defineDataset({
  ...{ shape: 'points' as const, silence: 'keep' as const, source: entsoe, unit: 'MW' },
  id: 'entsoe.unavailable-capacity',
  title: 'Unavailable generation capacity',
  description:
    'Capacity of generation units that planned and unplanned outages leave out of use, by zone and type.',
  ...{ owner: 'computed here', licence: "ENTSO-E's terms of use", link: 'https://transparency.entsoe.eu/' },
  ...{ access: 'open' as const, retentionDays: null, chunkDays: 30, decoderVersion: 1 },
  firstDay: FIRST_DAY,
  resolution: [{ from: FIRST_DAY, minutes: 15 }],
  expectedSeries: [{ from: FIRST_DAY, count: 1 }],
  derive: {
    inputs: { outages: { dataset: 'entsoe.generation-outages', until: 'ends_at' } },
    aheadDays: 60,
    whenGone: 0,
    // A zone and type without an outage has no series: a day is complete with those that exist.
    series: () => [],
    compute: ({ starts, endMs, records }) => unavailableOn(starts, endMs, records?.outages ?? []),
  },
  checks: [],
  seriesAttributes: zoneAnd('psr_type'),
});
