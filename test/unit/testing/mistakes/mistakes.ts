/** Mistakes that authors make, each planted into a definition that is right, or into what was recorded with it. */
import { PUBLISHERS } from './publishers.ts';

export interface Mistake {
  readonly name: string;
  readonly publisher: keyof typeof PUBLISHERS;
  /** What is written instead, in the definition. */
  readonly change?: readonly [text: string, instead: string][];
  readonly source?: readonly [text: string, instead: string];
  /** What the source sends to the request that was made wrongly. */
  readonly body?: (body: string) => string;
  readonly status?: number;
  /** What is written instead in the dataset that is computed from it. */
  readonly derived?: readonly (readonly [text: string, instead: string])[];
  /** The recording was made with the definition that is right. */
  readonly isOlder?: true;
  /** Part of what the contract says. */
  readonly says: string;
}

const PRICE_DECODER = /decode: jsonTable\(\{[\s\S]*?\n {4}\}\),/;

/** A decoder of one's own for the prices. @param point the code of a point of `row`, number `i`; `start` is its time */
const ownDecoder = (points: string) => `decode: (body, { unit }) => {
      let rows;
      try {
        rows = JSON.parse(new TextDecoder().decode(body)).records;
        if (!Array.isArray(rows) || rows.some((row) => typeof row?.HourUTC !== 'string' || Number.isNaN(Date.parse(row.HourUTC + 'Z')) || typeof row.PriceArea !== 'string' || !/^[A-Z]{2}\\d$/.test(row.PriceArea))) throw new Error('no rows');
      } catch (error) {
        throw new AnswerRefused('shape', String(error));
      }
      const usable = (value) => value === null || Number.isFinite(value);
      const point = (row, startsAtMs, value, i) => ({ series: row.PriceArea, startsAtMs, value, place: 'records[' + i + ']' });
      return { findings: [], points: ${points} };
    },`;

/** Replaces the decoder of the prices with one of the author's own. */
function own(points: string): NonNullable<Mistake['change']> {
  const [decoder = ''] = PUBLISHERS.prices.definition.match(PRICE_DECODER) ?? [];
  return [
    [decoder, ownDecoder(points)],
    ['dayAt, defineDataset, jsonTable,', 'AnswerRefused, dayAt, defineDataset,'],
    [', wallClock }', ' }'],
  ];
}

/** The decoder that is right, written by hand: the corpus must not find the form alone. */
export const OWN_AND_RIGHT = own(
  "rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR, i))",
);

const json = (change: (answer: Record<string, never[]>) => void) => (body: string) => {
  const answer = JSON.parse(body);
  change(answer);
  return JSON.stringify(answer);
};

export const MISTAKES: readonly Mistake[] = [
  // Zone
  {
    name: 'a UTC column read as local time',
    publisher: 'prices',
    change: [["wallClock('HourUTC', 'UTC')", "wallClock('HourUTC', 'Europe/Copenhagen')"]],
    says: 'points are of other days',
  },
  {
    name: 'a local column read as UTC',
    publisher: 'prices',
    change: [
      ["wallClock('HourUTC', 'UTC')", "wallClock('HourDK', 'UTC')"],
      ["'HourDK', 'SpotPriceDKK'", "'HourUTC', 'SpotPriceDKK'"],
    ],
    says: 'of 48 expected values',
  },
  {
    name: 'UTC as the zone of the source',
    publisher: 'prices',
    source: ["timeZone: 'Europe/Copenhagen'", "timeZone: 'UTC'"],
    says: 'points are of other days',
  },
  {
    name: 'Berlin for London',
    publisher: 'periods',
    change: [["'Europe/London'", "'Europe/Berlin'"]],
    source: ["timeZone: 'Europe/London'", "timeZone: 'Europe/Berlin'"],
    says: '60 minutes apart',
  },
  {
    name: 'local clocks taken for those of London',
    publisher: 'load',
    change: [["'Europe/Berlin'", "'Europe/London'"]],
    says: 'points are of other days',
  },
  // Unit
  {
    name: 'DKK as EUR',
    publisher: 'prices',
    change: [
      ["value: 'SpotPriceEUR'", "value: 'SpotPriceDKK'"],
      ["'HourDK', 'SpotPriceDKK'", "'HourDK', 'SpotPriceEUR'"],
    ],
    says: 'the body says "SpotPriceDKK"',
  },
  {
    name: 'EUR as DKK',
    publisher: 'prices',
    change: [["unit: 'EUR/MWh'", "unit: 'DKK/MWh'"]],
    says: 'the body says "SpotPriceEUR"',
  },
  {
    name: 'MW for MWh',
    publisher: 'load',
    change: [["unit: 'MW'", "unit: 'MWh'"]],
    says: 'the body says "Load_DE [MW]"',
  },
  {
    name: 'MWh for what says MW beside its rows',
    publisher: 'periods',
    change: [
      ["unit: 'MW'", "unit: 'MWh'"],
      ["100_000, 'MW'", "100_000, 'MWh'"],
    ],
    says: 'the body says "MW"',
  },
  {
    name: 'GWh beside a range in MWh',
    publisher: 'load',
    change: [
      ["unit: 'MW'", "unit: 'GWh'"],
      ["200_000, 'MW'", "200_000, 'MWh'"],
    ],
    says: 'the numbers of the check "range" are MWh, and the unit is GWh',
  },
  {
    name: 'a period of another day taken for one of the requested day',
    publisher: 'periods',
    change: [
      [", 'settlementDate')", ')'],
      ["ignore: ['startTime']", "ignore: ['startTime', 'settlementDate']"],
    ],
    says: 'and was read as the day',
  },
  // Interval
  {
    name: 'a request whose end day is inclusive',
    publisher: 'prices',
    body: json((answer) => {
      const later = (answer.records ?? []).map((row: Record<string, string>) => ({
        ...row,
        HourUTC: new Date(Date.parse(`${row.HourUTC}Z`) + 86_400_000).toISOString().slice(0, 19),
      }));
      answer.records = [...(answer.records ?? []), ...(later as never[])];
      (answer as { total?: number }).total = 96;
    }),
    says: 'points are of other days',
  },
  {
    name: 'hours where there are quarters',
    publisher: 'load',
    change: [['minutes: 15', 'minutes: 60']],
    says: 'start between the 60-minute intervals',
  },
  {
    name: 'quarters where there are half hours',
    publisher: 'periods',
    change: [['minutes: 30 }', 'minutes: 15 }']],
    says: 'of 192 expected values',
  },
  // Nulls
  {
    name: 'nulls dropped',
    publisher: 'prices',
    change: own(
      "rows.filter((row) => Number.isFinite(row.SpotPriceEUR)).map((row, i) => point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR, i))",
    ),
    says: 'was dropped without a finding',
  },
  {
    name: 'nulls turned into zero',
    publisher: 'prices',
    change: own(
      "rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR ?? 0, i))",
    ),
    says: 'became a number',
  },
  // Which series, which interval
  {
    name: 'two series swapped',
    publisher: 'prices',
    change: own(
      "rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => ({ ...point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR, i), series: { DK1: 'DK2', DK2: 'DK1' }[row.PriceArea] ?? row.PriceArea }))",
    ),
    says: 'and became a value of',
  },
  {
    name: 'two columns swapped',
    publisher: 'load',
    change: [
      [
        "delimiter: ';',",
        "delimiter: ';',\n      linesAbove: 1,\n      names: ['Datum', 'Load_FR [MW]', 'Load_DE [MW]'],",
      ],
    ],
    says: 'and became a value of',
  },
  {
    name: 'the position of a row as its time',
    publisher: 'prices',
    change: own(
      "rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => point(row, Date.parse(unit + 'T00:00:00+01:00') + Math.floor(i / 2) * 3_600_000, row.SpotPriceEUR, i))",
    ),
    says: 'a position is read as a time',
  },
  {
    name: 'of a row that comes twice the last one wins',
    publisher: 'prices',
    change: own(
      "[...new Map(rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => [row.HourUTC + row.PriceArea, point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR, i)])).values()]",
    ),
    says: 'one of them was taken without a finding',
  },
  {
    name: "yesterday's body accepted as today's",
    publisher: 'prices',
    change: own(
      "rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => point(row, Date.parse(unit + 'T00:00:00Z') - 3_600_000 + ((Date.parse(row.HourUTC + 'Z') - Date.parse('2026-11-19T23:00:00Z')) % 86_400_000 + 86_400_000) % 86_400_000, row.SpotPriceEUR, i))",
    ),
    says: 'and was read as the day',
  },
  {
    name: 'a clock in the decoder',
    publisher: 'prices',
    change: own(
      "rows.filter((row) => usable(row.SpotPriceEUR) && Date.parse(row.HourUTC + 'Z') < Date.now()).map((row, i) => point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR, i))",
    ),
    says: 'decode asks for the time',
  },
  {
    name: 'the first page only',
    publisher: 'prices',
    body: json((answer) => {
      (answer as { total?: number }).total = 480;
    }),
    says: 'the other pages were not requested',
  },
  {
    name: 'a 404 that is not declared',
    publisher: 'prices',
    body: () => '{"message":"not found"}',
    status: 404,
    says: 'its status is 404',
  },
  {
    name: 'a decoder mended without another version',
    publisher: 'prices',
    change: own(
      "rows.filter((row) => usable(row.SpotPriceEUR)).map((row, i) => point(row, Date.parse(row.HourUTC + 'Z'), row.SpotPriceEUR === null ? null : Math.round(row.SpotPriceEUR), i))",
    ),
    isOlder: true,
    says: 'by the same decoderVersion 1',
  },
  // Records
  {
    name: 'a revision in the key',
    publisher: 'outages',
    change: [['key: item.mrid,', "key: item.mrid + '-' + item.revisionNumber,"]],
    says: 'a revision would be another record',
  },
  {
    name: 'the position in the key',
    publisher: 'outages',
    change: [['key: item.mrid,', "key: 'outage-' + i,"]],
    says: 'order of the rows',
  },
  {
    name: 'a key that is not unique',
    publisher: 'outages',
    change: [
      ['key: item.mrid,', 'key: item.unitName,'],
      ['typeof item.mrid', 'typeof item.unitName'],
    ],
    says: 'it is not unique',
  },
  {
    name: 'version 0 for all',
    publisher: 'outages',
    change: [['version: Number.isInteger(item.revisionNumber) ? item.revisionNumber : 0,', 'version: 0,']],
    says: 'not unique',
  },
  {
    name: 'versions by arrival',
    publisher: 'outages',
    change: [
      ["silence: 'nothing',", "silence: 'nothing', versions: 'by-arrival',"],
      ['version: Number.isInteger(item.revisionNumber) ? item.revisionNumber : 0,', 'version: 0,'],
    ],
    says: 'no version rises with it',
  },
  {
    name: 'what was withdrawn is kept',
    publisher: 'outages',
    change: [["item.status === 'Withdrawn' ? null : ", '']],
    says: 'withdraw it',
  },
  {
    name: 'silence withdraws what was not updated',
    publisher: 'outages',
    change: [["silence: 'nothing'", "silence: 'withdraw'"]],
    says: 'updatedSince',
  },
  {
    name: 'a fetcher that requests the first page only',
    publisher: 'outages',
    change: [['return { ...pages[0], body: bodyOf(pages) };', 'return pages[0];']],
    says: 'were fetched, with',
  },
  {
    name: 'the first page of records only',
    publisher: 'outages',
    body: json((answer) => {
      (answer as { next?: string }).next = 'https://publisher.example/outages?page=2';
    }),
    says: 'there is another page',
  },
  {
    name: 'a clock in the decoder of records',
    publisher: 'outages',
    change: [["item.status === 'Withdrawn' ?", 'Date.parse(item.end) < Date.now() ?']],
    says: 'decode asks for the time',
  },
  // Computed
  {
    name: 'a mean of energies instead of their sum',
    publisher: 'energy',
    derived: [
      ["import { defineDataset } from 'tidemark'", "import { defineDataset, onGrid } from 'tidemark'"],
      [
        'compute: ({ starts, inputs }) => {',
        "compute: ({ starts, endMs, inputs }) => {\n      const load = onGrid(inputs.load?.get('Load_DE [MWh]'), starts, endMs);",
      ],
      ['value: sumOf(startsAtMs) }', 'value: load[starts.indexOf(startsAtMs)] ?? null }'],
    ],
    says: 'it takes means of energy',
  },
  {
    name: 'a clock in what is computed',
    publisher: 'energy',
    derived: [['start + 3_600_000', 'Math.min(start + 3_600_000, Date.now())']],
    says: 'gave other points at another time',
  },
];
