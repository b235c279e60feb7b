/**
 * Four publishers with the shapes of well-known ones: a definition that is right, and what each answers. Mistakes are planted into these
 * (mistakes.ts). The bodies are our own.
 */

const HOUR_MS = 3_600_000;
export const DAY = '2026-11-20';

const SOURCE = (id: string, timeZone: string) => `import type { Source } from 'tidemark';
export const source: Source = {
  id: '${id}',
  title: 'Publisher',
  link: 'https://publisher.example/',
  timeZone: '${timeZone}',
  baseUrl: { setting: '${id.toUpperCase()}_BASE_URL', default: 'https://publisher.example' },
  quota: { requests: 60, windowMs: 60_000, reservedForLive: 6 },
};
`;

const FACTS = `title: 'A table',
  description: 'What this publisher publishes.',
  source,
  owner: 'Publisher',
  licence: 'private',
  link: 'https://publisher.example/table',
  access: 'open',
  retentionDays: null,
  firstDay: '2026-01-01',
  chunkDays: 90,
  decoderVersion: 1,`;

const PUBLICATION = `publication: {
      opens: { day: -1, time: '08:00' },
      expected: { day: -1, time: '12:00' },
      deadline: { day: -1, time: '16:00' },
    },
    polling: {
      tickMinutes: 5,
      waiting: [{ from: { day: -1, time: '08:00' }, everyMinutes: 10 }],
      revisions: [{ untilHours: 48, everyMinutes: 360 }],
    },`;

const LIMITS = "accept: '*/*', maxBytes: 1_000_000, timeoutMs: 30_000";

export interface Publisher {
  readonly source: string;
  readonly definition: string;
  readonly body: string;
  /** A dataset that is computed from it: `sum.ts`. */
  readonly derived?: string;
}

/** Two areas in one JSON answer: time in UTC and on local clocks, prices in two currencies. */
function prices(): Publisher {
  const startMs = Date.parse(`${DAY}T00:00:00+01:00`);
  const rows = Array.from({ length: 48 }, (_, i) => {
    const ms = startMs + Math.floor(i / 2) * HOUR_MS;
    const eur = 40.25 + i;
    return {
      HourUTC: new Date(ms).toISOString().slice(0, 19),
      HourDK: new Date(ms + HOUR_MS).toISOString().slice(0, 19),
      PriceArea: i % 2 === 0 ? 'DK1' : 'DK2',
      SpotPriceDKK: Math.round(eur * 746) / 100,
      SpotPriceEUR: eur,
    };
  });
  const definition = `import { dayAt, defineDataset, jsonTable, missingIntervals, missingSeries, nullValues, validRange, wallClock } from 'tidemark';
import { source } from './source.ts';
export default defineDataset({
  shape: 'points', silence: 'keep', id: 'publisher.table', unit: 'EUR/MWh', ${FACTS}
  resolution: [{ from: '2026-01-01', minutes: 60 }],
  expectedSeries: [{ from: '2026-01-01', count: 2 }],
  pull: { ${PUBLICATION}
    request: ({ startMs, endMs }) => ({ path: '/prices', query: { start: dayAt(startMs, source.timeZone), end: dayAt(endMs, source.timeZone) }, ${LIMITS} }),
    decode: jsonTable({
      rows: ['records'],
      time: wallClock('HourUTC', 'UTC'),
      series: 'PriceArea',
      value: 'SpotPriceEUR',
      ignore: ['HourDK', 'SpotPriceDKK'],
    }),
  },
  checks: [missingIntervals(), missingSeries(), nullValues(), validRange(-500, 5_000, 'EUR/MWh')],
  seriesAttributes: () => ({}),
});
`;
  return {
    source: SOURCE('publisher', 'Europe/Copenhagen'),
    definition,
    body: JSON.stringify({ total: 48, limit: 100, dataset: 'Elspotprices', records: rows }),
  };
}

/** Settlement periods, 46 to 50 a day, with the instant at which each starts. */
function periods(): Publisher {
  const rows = Array.from({ length: 96 }, (_, i) => ({
    startTime: new Date(Date.parse(`${DAY}T00:00:00Z`) + Math.floor(i / 2) * (HOUR_MS / 2))
      .toISOString()
      .replace('.000Z', 'Z'),
    settlementDate: DAY,
    settlementPeriod: Math.floor(i / 2) + 1,
    fuelType: i % 2 === 0 ? 'WIND' : 'NUCLEAR',
    generation: 1_000 + i,
  }));
  const definition = `import { dayAt, defineDataset, intervalOfDay, jsonTable, missingIntervals, missingSeries, nullValues, validRange } from 'tidemark';
import { source } from './source.ts';
export default defineDataset({
  shape: 'points', silence: 'keep', id: 'publisher.table', unit: 'MW', ${FACTS}
  resolution: [{ from: '2026-01-01', minutes: 30 }],
  expectedSeries: [{ from: '2026-01-01', count: 2 }],
  pull: { ${PUBLICATION}
    request: ({ startMs }) => ({ path: '/generation/' + dayAt(startMs, source.timeZone), query: {}, ${LIMITS} }),
    decode: jsonTable({
      rows: ['data'],
      time: intervalOfDay('settlementPeriod', 30, 'Europe/London', 'settlementDate'),
      series: 'fuelType',
      value: 'generation',
      ignore: ['startTime'],
    }),
  },
  checks: [missingIntervals(), missingSeries(), nullValues(), validRange(0, 100_000, 'MW')],
  seriesAttributes: () => ({}),
});
`;
  return {
    source: SOURCE('publisher', 'Europe/London'),
    definition,
    body: JSON.stringify({ metadata: { unit: 'MW' }, data: rows }),
  };
}

/** Semicolons, decimal commas, local clocks, a column for each area; 404 until a day is published. */
function load(): Publisher {
  const lines = Array.from({ length: 96 }, (_, i) => {
    const time = `${String(Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`;
    return `20.11.2026 ${time};${48_000 + i},5;${31_000 + i},25`;
  });
  const definition = `import { dayAt, defineDataset, delimitedTable, missingIntervals, missingSeries, nullValues, validRange, wallClock } from 'tidemark';
import { source } from './source.ts';
export default defineDataset({
  shape: 'points', silence: 'keep', id: 'publisher.table', unit: 'MW', ${FACTS}
  resolution: [{ from: '2026-01-01', minutes: 15 }],
  expectedSeries: [{ from: '2026-01-01', count: 2 }],
  pull: { ${PUBLICATION}
    notPublished: { statuses: [404] },
    request: ({ startMs }) => ({ path: '/load-' + dayAt(startMs, source.timeZone) + '.csv', query: {}, ${LIMITS} }),
    decode: delimitedTable({
      delimiter: ';',
      decimal: ',',
      time: wallClock('Datum', 'Europe/Berlin', 'day-first'),
      columns: ['Load_'],
    }),
  },
  checks: [missingIntervals(), missingSeries(), nullValues(), validRange(0, 200_000, 'MW')],
  seriesAttributes: () => ({}),
});
`;
  return {
    source: SOURCE('publisher', 'Europe/Berlin'),
    definition,
    body: ['Datum;Load_DE [MW];Load_FR [MW]', ...lines, ''].join('\n'),
  };
}

/** Outages with revisions and withdrawals, of which an answer brings those that were updated. */
function outages(): Publisher {
  const items = Array.from({ length: 6 }, (_, i) => ({
    mrid: `outage-${Math.floor(i / 2)}`,
    revisionNumber: (i % 2) + 1,
    unitName: i < 4 ? 'Nordsee 1' : 'Ostsee 2',
    status: i === 5 ? 'Withdrawn' : 'Active',
    start: `${DAY}T0${i}:00:00Z`,
    end: `${DAY}T1${i}:00:00Z`,
    availableMw: 100 + i,
    updatedAt: `${DAY}T09:0${i}:00Z`,
  }));
  const definition = `import { AnswerRefused, defineDataset } from 'tidemark';
import { source } from './source.ts';
const itemsOf = ({ body }) => JSON.parse(new TextDecoder().decode(body)).items;
const bodyOf = (pages) => new TextEncoder().encode(JSON.stringify({ items: pages.flatMap(itemsOf) }));
export default defineDataset({
  shape: 'records', silence: 'nothing', id: 'publisher.table', unit: 'records', ${FACTS}
  period: 'day',
  fields: [
    { name: 'unit_name', type: 'text', description: 'The unit.' },
    { name: 'ends_at', type: 'instant', description: 'When it ends.' },
    { name: 'available_mw', type: 'number', description: 'What is left, MW.' },
  ],
  pull: {
    back: 1, ahead: 1, everyMinutes: 60, tickMinutes: 60,
    fetch: async (day, { ask }) => {
      const pages = [];
      for (let next = 'first'; next; next = JSON.parse(new TextDecoder().decode(pages.at(-1).body)).next)
        pages.push(await ask({ path: '/outages', query: { updatedSince: day, cursor: next }, ${LIMITS} }));
      return { ...pages[0], body: bodyOf(pages) };
    },
  },
  decode(body) {
    let items;
    try {
      items = JSON.parse(new TextDecoder().decode(body)).items;
      if (!Array.isArray(items)) throw new Error('no items');
    } catch (error) {
      throw new AnswerRefused('shape', String(error));
    }
    const records = items.filter((item) => item && typeof item.mrid === 'string' && typeof item.start === 'string' && !Number.isNaN(Date.parse(item.start)));
    return {
      findings: [],
      records: records.map((item, i) => ({
        key: item.mrid,
        startsAtMs: Date.parse(item.start),
        version: Number.isInteger(item.revisionNumber) ? item.revisionNumber : 0,
        body: item.status === 'Withdrawn' ? null : { unit_name: item.unitName, ends_at: item.end, available_mw: item.availableMw },
        place: 'items[' + i + ']',
      })),
    };
  },
});
`;
  return {
    source: SOURCE('publisher', 'UTC'),
    definition,
    body: JSON.stringify({ total: 6, next: null, items }),
  };
}

/** Energy by the quarter, and what each hour adds up to. */
function energy(): Publisher {
  const { source, definition, body } = load();
  const derived = `import { defineDataset } from 'tidemark';
import { source } from './source.ts';
export default defineDataset({
  shape: 'points', silence: 'keep', id: 'publisher.sum', unit: 'MWh', ${FACTS}
  resolution: [{ from: '2026-01-01', minutes: 60 }],
  expectedSeries: [{ from: '2026-01-01', count: 1 }],
  derive: {
    inputs: { load: { dataset: 'publisher.table' } },
    compute: ({ starts, inputs }) => {
      const { startsAtMs = [], values = [] } = inputs.load?.get('Load_DE [MWh]') ?? {};
      const within = (start, i) => startsAtMs[i] >= start && startsAtMs[i] < start + 3_600_000;
      const sumOf = (start) => [...values].filter((_, i) => within(start, i)).reduce((sum, value) => sum + value, 0);
      return starts.map((startsAtMs) => ({ series: 'DE', startsAtMs, value: sumOf(startsAtMs) }));
    },
  },
  checks: [],
  seriesAttributes: () => ({}),
});
`;
  const inEnergy = (text: string) => text.replaceAll("'MW'", "'MWh'").replaceAll('[MW]', '[MWh]');
  return { source, definition: inEnergy(definition), body: inEnergy(body), derived };
}

export const PUBLISHERS: Readonly<Record<'prices' | 'periods' | 'load' | 'outages' | 'energy', Publisher>> = {
  prices: prices(),
  periods: periods(),
  load: load(),
  outages: outages(),
  energy: energy(),
};
