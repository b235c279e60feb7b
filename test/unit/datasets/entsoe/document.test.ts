/** Do the recorded answers of the platform come out value for value, by an oracle that shares nothing with the reader? */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type EntsoeDocument, readDocuments } from '../../../../datasets/entsoe/document.ts';
import { textAt } from '../../../../kit/decode/xml.ts';
import { bodyOf } from '../../../support/entsoe/by-text.ts';
import { HAS_RECORDINGS } from '../../../support/recordings.ts';

/** Values by instant of each TimeSeries, filled forward to the end of each Period. */
function valuesOf(documents: readonly EntsoeDocument[], name: string): Map<number, number>[] {
  return documents.flatMap(({ series }) =>
    series.map(
      ({ periods }) =>
        new Map(
          periods.flatMap(({ runs, stepMs }) =>
            runs.flatMap(({ startMs, endMs, point }) =>
              Array.from({ length: (endMs - startMs) / stepMs }, (_, i): [number, number] => [
                startMs + i * stepMs,
                Number(textAt(point, name)),
              ]),
            ),
          ),
        ),
    ),
  );
}

/** The same by texts alone: positions walked one by one, the last value said stands. */
function byText(xml: string, name: string): Map<number, number>[] {
  return xml
    .split('<TimeSeries>')
    .slice(1)
    .map((series) => {
      const values = new Map<number, number>();
      for (const period of series.split('<Period>').slice(1)) {
        const at = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(period)?.[1] ?? '';
        const minutes = Number(/PT(\d+)M/.exec(at('resolution'))?.[1]);
        const byPosition = new Map(
          [
            ...period.matchAll(
              new RegExp(`<position>(\\d+)</position>\\s*<${name.replace('.', '\\.')}>([^<]*)<`, 'g'),
            ),
          ].map(([, position, value]) => [Number(position), Number(value)]),
        );
        let last = Number.NaN;
        let position = 1;
        for (let ms = Date.parse(at('start')); ms < Date.parse(at('end')); ms += minutes * 60_000) {
          last = byPosition.get(position++) ?? last;
          values.set(ms, last);
        }
      }
      return values;
    });
}

const sums = (series: readonly Map<number, number>[]) =>
  series.map((values) => Number([...values.values()].reduce((sum, value) => sum + value, 0).toFixed(2)));

if (HAS_RECORDINGS) {
  describe.each([
    ['a44_es_20250929_20251002_switch_60_to_15.xml', 'price.amount', [1417.49, 1987.24, 8359.2, 8273.77]],
    ['a44_de_lu_20260202_20260203_seq1_seq2.xml', 'price.amount', [10320.02, 10343.36, 9270.53, 9453.7]],
    ['a44_be_20241006_20241008_mixed_periods.xml', 'price.amount', [3694.72 + 7066.28 + 1691.96]],
    ['a65_actual_nl_20240902.xml', 'quantity', [1294078.73]],
    ['a65_forecast_nl_20240902.xml', 'quantity', [1008110.48]],
    ['a69_dayahead_nl_20240902_rev3.xml', 'quantity', [106592, 19352, 57628]],
    ['a11_nl_de_lu_20240902.xml', 'quantity', [39576.44]],
    ['a61_es_fr_20260319_dayahead.xml', 'quantity', [135600]],
    ['a75_se4_20251020_20251023.xml', 'quantity', [33.7, 3963.42, 1853.16, 64593.68, 9751.55]],
  ])('%s', (file, name, checkSums) => {
    test('every value stands at its instant', () => {
      const read = valuesOf(readDocuments(bodyOf(file)), name);
      expect(read).toEqual(byText(bodyOf(file).toString(), name));
      const summed = sums(read);
      for (const [i, sum] of checkSums.entries()) expect(summed[i]).toBeCloseTo(sum, 1);
      expect(summed).toHaveLength(checkSums.length);
    });
  });

  test('the day of one series may be told by Periods of different resolutions; nothing is filled across them', () => {
    const [document] = readDocuments(bodyOf('a44_be_20241006_20241008_mixed_periods.xml'));
    const [series] = document?.series ?? [];
    expect(series?.periods.map(({ stepMs }) => stepMs / 60_000)).toEqual([15, 15, 60]);
    const ends = series?.periods.map(({ runs, endMs }) => (runs.at(-1)?.endMs ?? 0) - endMs);
    expect(ends).toEqual([0, 0, 0]);
  });

  test('facts of a document and of its series', () => {
    const [wind] = readDocuments(bodyOf('a69_dayahead_nl_20240902_rev3.xml'));
    expect(wind).toMatchObject({ root: 'GL_MarketDocument', type: 'A69', processType: 'A01', revision: 3 });
    expect(wind?.series.map(({ element }) => textAt(element, 'MktPSRType', 'psrType'))).toEqual([
      'B16',
      'B18',
      'B19',
    ]);
    const [prices] = readDocuments(bodyOf('a44_de_lu_20260202_20260203_seq1_seq2.xml'));
    const sequence = 'classificationSequence_AttributeInstanceComponent.position';
    expect(prices?.series.map(({ element }) => textAt(element, sequence))).toEqual(['2', '1', '2', '1']);
  });

  test('imbalance prices come as a zip', () => {
    const [document, ...more] = readDocuments(bodyOf('a85_at_20240101_20240104.zip'));
    expect(more).toEqual([]);
    expect(document).toMatchObject({ root: 'Balancing_MarketDocument', type: 'A85', status: 'A02' });
    const values = document?.series.flatMap(({ periods }) => periods.flatMap(({ runs }) => runs)) ?? [];
    expect(textAt(values[0]?.point ?? (undefined as never), 'imbalance_Price.amount')).toBe('45.93');
    expect(textAt(values[2]?.point ?? (undefined as never), 'imbalance_Price.category')).toBe('A04');
  });

  test('outages are one document each, with versions of their own', () => {
    const documents = readDocuments(bodyOf('a80_be_202401_planned.zip'));
    expect(documents).toHaveLength(26);
    expect(documents[0]).toMatchObject({
      root: 'Unavailability_MarketDocument',
      mrid: 'Iq8upusRPHIsfSAvXIDE0w',
      revision: 2,
      createdAt: '2025-10-07T06:52:58Z',
      reasons: [{ code: 'A95' }],
    });
    const [run] = documents[0]?.series[0]?.periods[0]?.runs ?? [];
    expect([run?.startMs, run?.endMs].map((ms) => new Date(ms ?? 0).toISOString())).toEqual([
      '2023-10-11T15:37:00.000Z',
      '2024-03-05T08:00:00.000Z',
    ]);
    expect(Math.max(...documents.map(({ revision }) => revision ?? 0))).toBe(5);
    expect(documents.filter(({ status }) => status === 'A09').length).toBeGreaterThan(0);
  });

  test('nothing for what was asked is no document; another acknowledgement is a refusal', () => {
    expect(readDocuments(bodyOf('ack_999_no_data.xml'))).toEqual([]);
    const refused = bodyOf('ack_999_no_data.xml')
      .toString()
      .replace(/<text>.*<\/text>/, '<text>Input parameter does not exist: x</text>');
    expect(() => readDocuments(Buffer.from(refused))).toThrow('Input parameter does not exist: x (999)');
  });

  test('a zip in a zip is read; one that unpacks to too much, or is cut off, is refused', () => {
    const inner = bodyOf('a85_at_20240101_20240104.zip');
    expect(readDocuments(zipSync({ 'a.zip': inner, 'b.zip': inner }))).toHaveLength(2);
    expect(() => readDocuments(inner.subarray(0, 3_000))).toThrow('not a zip that can be unpacked');
  });
}

test.each([
  ['a page', '<html><body>Scheduled maintenance</body></html>', 'document <html>'],
  ['half a document', '<GL_MarketDocument><TimeSeries>', 'not XML'],
  ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><GL_MarketDocument/>', 'document type'],
  ['no XML', '404 page not found', 'not XML'],
  ['nothing', '', 'not XML'],
])('%s is refused', (_, body, reason) => {
  expect(() => readDocuments(Buffer.from(body))).toThrow(reason);
});
