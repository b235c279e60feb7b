/** The text of the files of a new dataset. What only a person can know is marked with "check". Pure. */
import { text } from './find-columns.ts';
import { decoderCode, type Survey } from './survey.ts';

export interface DraftFacts {
  readonly id: string;
  readonly zone: string;
  readonly unit: string | undefined;
  /** The URL of the answer, without keys; null for a file without a stated URL. */
  readonly url: URL | null;
  readonly origin: string;
}

/** `acme-power` as a name in TypeScript. */
export function variableOf(source: string): string {
  return source.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function draftDataset(found: Survey, facts: DraftFacts): string {
  const { id, unit = 'unknown', url, zone, origin } = facts;
  const [source = '', name = ''] = id.split('.');
  const uses = [
    ...['defineDataset', found.table.text ? 'delimitedTable' : 'jsonTable', found.columns.time.uses],
    ...['missingIntervals', 'missingSeries', 'nullValues', 'validRange'],
    ...(requestCode(url, zone).includes('dayAt') ? ['dayAt'] : []),
  ].toSorted();
  const [low, high] = rangeOf(found);
  return `/**
 * ${titleOf(name)}${url ? `: ${url.pathname}` : ''}
 *
 * Drafted from ${origin}: ${found.table.rows.length} rows, ${found.series.length} series with values${ofNull(found)}, ${found.min} to ${found.max}, days
 * ${found.firstDay} to ${found.lastDay}. Lines with "check" hold what an answer cannot tell.
 */
import {
${uses.map((each) => `  ${each},`).join('\n')}
} from 'tidemark';
import { ${variableOf(source)} } from './source.ts';

export default defineDataset({
  shape: 'points',
  silence: 'keep',
  id: ${text(id)},
  source: ${variableOf(source)},
  title: ${text(titleOf(name))},
  description: 'Drafted from an answer.', // check: what the values are
  unit: ${text(unit)},${unit === 'unknown' ? ' // check' : ''}
  owner: ${text(titleOf(source))}, // check
  licence: 'unknown', // check
  link: ${text(url?.origin ?? 'https://example.org/')}, // check: a page for people
  access: 'open',
  retentionDays: null,
  firstDay: ${text(found.firstDay)}, // check: the first day that exists
  chunkDays: 30,
  resolution: [{ from: ${text(found.firstDay)}, minutes: ${found.minutes} }],
  expectedSeries: [{ from: ${text(found.firstDay)}, count: ${found.series.length} }],
  decoderVersion: 1,
  pull: {
    // check: when a day is published, on the clocks of ${zone}
    publication: {
      opens: { day: -1, time: '08:00' },
      expected: { day: -1, time: '12:00' },
      deadline: { day: -1, time: '16:00' },
    },
    polling: {
      tickMinutes: 5,
      waiting: [{ from: { day: -1, time: '08:00' }, everyMinutes: 10 }],
      revisions: [{ untilHours: 48, everyMinutes: 360 }],
    },
    request: ${requestCode(url, zone)},
    decode: ${decoderCode(found)},
  },
  checks: [missingIntervals(), missingSeries(), ${nullsCode(found)}, validRange(${low}, ${high}, ${text(unit)})], // check the range
  seriesAttributes: () => ({}),
});
`;
}

export function draftSource({ id, url, zone }: DraftFacts): string {
  const [source = ''] = id.split('.');
  const setting = `${source.replaceAll('-', '_').toUpperCase()}_BASE_URL`;
  const base = url?.protocol === 'https:' ? url.origin : 'https://example.org';
  return `/** ${titleOf(source)}: drafted; lines with "check" hold what an answer cannot tell. */
import type { Source } from 'tidemark';

export const ${variableOf(source)}: Source = {
  id: ${text(source)},
  title: ${text(titleOf(source))}, // check
  link: ${text(`${base}/`)}, // check: a page for people
  timeZone: ${text(zone)},${zone === 'UTC' ? ' // check: the zone of its delivery days' : ''}
  baseUrl: { setting: ${text(setting)}, default: ${text(base)} },${url?.protocol === 'https:' ? '' : ' // check'}
  quota: { requests: 30, windowMs: 60_000, reservedForLive: 5 }, // check: what the publisher allows
};
`;
}

const MOST_NAMED = 40;

export function draftExample({ series, min, max }: Survey, id: string): string {
  const [, name = ''] = id.split('.');
  const shown = series.slice(0, MOST_NAMED).map((each) => `    ${text(each)},`);
  const names = series.length <= MOST_NAMED ? `\n  series: [\n${shown.join('\n')}\n  ],` : '';
  const level = min < max ? (min + max) / 2 || max / 2 : min || 1;
  return `import { exampleOf } from 'tidemark';
import dataset from ./${name}.ts;

export default exampleOf(dataset, {${names}
  level: ${Number(level.toPrecision(3))},
});
`.replace(`./${name}.ts`, `'./${name}.ts'`);
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function ofNull({ alwaysNull, nulls }: Survey): string {
  if (alwaysNull.length > 0) return `, ${alwaysNull.length} that are always null`;
  return nulls > 0 ? `, ${nulls} nulls` : ', no nulls';
}

function nullsCode({ alwaysNull, series }: Survey): string {
  if (alwaysNull.length === 0) return 'nullValues()';
  if (alwaysNull.length > MOST_NAMED || series.length === 0) return 'nullValues(() => true)';
  return `nullValues((series) => [${alwaysNull.map(text).join(', ')}].includes(series))`;
}

/** Ten times as wide as the observed range, in round numbers: only a first guess. */
function rangeOf({ min, max }: Survey): readonly [number, number] {
  const far = 10 ** Math.ceil(Math.log10(Math.max(Math.abs(min), Math.abs(max), 1)) + 1);
  return [min < 0 ? -far : 0, far];
}

const START = /start|from|begin|since|after|von/i;
const END = /end|to$|until|till|before|bis/i;
const SECRET = /key|token|secret|password|auth/i;

/** Names of parameters that look like keys: they are in no draft. */
export function secretParameters(url: URL): string[] {
  return [...url.searchParams.keys()].filter((name) => SECRET.test(name));
}

function requestCode(url: URL | null, zone: string): string {
  const query = [...(url?.searchParams ?? [])].filter(([name]) => !SECRET.test(name));
  let times = 0;
  const cells = query.map(([name, value]) => {
    const isTime = !Number.isNaN(Date.parse(value)) && /^\d{4}-\d\d-\d\d/.test(value);
    if (!isTime) return `${keyOf(name)}: ${text(value)}`;
    const isEnd = END.test(name) || (!START.test(name) && times > 0);
    times += 1;
    return `${keyOf(name)}: ${timeCode(value, isEnd, zone)}`;
  });
  const path = (url?.pathname ?? '/check').replace(/\/$/, '') || '/';
  const dated = path.replace(/\d{4}-\d\d-\d\d/g, `\${dayAt(startMs, ${text(zone)})}`);
  const pathCode =
    dated === path ? `${text(path)},${url ? '' : ' // check: how it is requested'}` : `\`${dated}\`,`;
  return `({ startMs${cells.some((cell) => cell.includes('endMs')) ? ', endMs' : ''} }) => ({
      path: ${pathCode}
      ${queryCode(cells, dated !== path, zone)}
      accept: '*/*',
      maxBytes: 16 * 1024 * 1024,
      timeoutMs: 60_000,
    })`;
}

function queryCode(cells: readonly string[], isDayInPath: boolean, zone: string): string {
  if (cells.length > 0) return `query: { ${cells.join(', ')} },`;
  return isDayInPath ? 'query: {},' : `query: { day: dayAt(startMs, ${text(zone)}) }, // check`;
}

function timeCode(value: string, isEnd: boolean, zone: string): string {
  const ms = isEnd ? 'endMs' : 'startMs';
  return value.includes('T')
    ? `new Date(${ms}).toISOString()`
    : `dayAt(${isEnd ? 'endMs - 1' : ms}, ${text(zone)})`;
}

function keyOf(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : text(name);
}
