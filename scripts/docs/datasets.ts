/** The datasets of the catalogue: facts, calendar, polling, request and rules, as their definitions say them. */
import { loadCatalog } from '../../datasets/catalog.ts';
import { storageOf } from '../../db/storage.ts';
import { describeMoment } from '../../domain/calendar-words.ts';
import { type DatasetDefinition, effectiveOn } from '../../domain/dataset.ts';
import { deliveryInterval, expectedPoints } from '../../domain/delivery-day.ts';
import { DECODER_RULES, FILE_RULES, PLATFORM_RULES } from '../../domain/rules.ts';
import { code, page, table } from './markdown.ts';
import { failureRules, rulesTable } from './rules.ts';

export async function datasetsPage(): Promise<string> {
  const { datasets } = await loadCatalog();
  return page(
    'Datasets',
    table(
      ['dataset', 'title', 'unit', 'relation'],
      datasets.map(({ id, title, unit }) => [`[${id}](#${anchor(id)})`, title, unit, code(relation(id))]),
    ),
    '`block`: the point, or the whole answer, is not written. `warn`: written; a person should look. `info`: good ' +
      'to know. Findings stand in `ops.finding` until a later payload says something else.',
    ...datasets.flatMap(describe),
    '## Rules of every dataset',
    rulesTable(PLATFORM_RULES),
    'An answer that does not even come as promised fails the run and leaves a finding:',
    rulesTable(failureRules()),
    '## Rules of decoders',
    'A decoder uses those that its format can break.',
    rulesTable(DECODER_RULES),
    '## Rules of lines of files',
    'For datasets that are handed over as files. The first hundred of a rule and day are told one by one, the rest is counted.',
    rulesTable(FILE_RULES),
  );
}

function describe(dataset: DatasetDefinition): string[] {
  const { id, title, description, checks } = dataset;
  return [
    `## ${id}`,
    `${title}. ${description}`,
    table(['fact', ''], facts(dataset)),
    '### Resolution and series',
    table(
      ['from delivery day', 'interval, minutes', 'series', 'points of a 24-hour day'],
      effective(dataset),
    ),
    'More series than that are accepted and then expected for their day.',
    `### Publication and polling (${dataset.source.timeZone})`,
    table(['moment', 'when'], publication(dataset)),
    `The schedule looks every ${dataset.polling.tickMinutes} minutes what is due. A day is asked for`,
    table(['while it is', 'period', 'every'], polling(dataset)),
    'and not at all once the last period is over.',
    '### Request',
    ...request(dataset),
    '### Rules',
    rulesTable(Object.fromEntries(checks.map((check) => [check.rule, check]))),
    'And the [rules of every dataset](#rules-of-every-dataset) and [of decoders](#rules-of-decoders).',
  ];
}

function facts({ id, source, ...is }: DatasetDefinition): string[][] {
  const { requests, windowMs, reservedForLive } = source.quota;
  return [
    ['relation', code(relation(id))],
    ['unit', is.unit],
    ['source', `[${source.title}](${source.link})`],
    ['about', is.link],
    ['owner, licence', `${is.owner}; ${is.licence}`],
    ['access', is.access],
    ['retention', is.retentionDays === null ? 'for ever' : `${is.retentionDays} days`],
    ['first delivery day', is.firstDay],
    ['delivery day', `calendar day of ${source.timeZone}`],
    [
      'quota of the source',
      `${requests} requests in any ${windowMs / 1000} s, ${reservedForLive} of them for live polling`,
    ],
    ['decoder version', String(is.decoderVersion)],
    ['days in a chunk', String(is.chunkDays)],
  ];
}

/** One line for each day from which resolution or number of series is another. */
function effective(dataset: DatasetDefinition): (string | number)[][] {
  const starts = new Set([...dataset.resolution, ...dataset.expectedSeries].map(({ from }) => from));
  return [...starts].sort().map((from) => {
    const { minutes } = effectiveOn(dataset.resolution, from);
    const { count } = effectiveOn(dataset.expectedSeries, from);
    return [from, minutes, count, expectedPoints(dataset, from, 0)];
  });
}

function publication({ publication: { opens, expected, deadline } }: DatasetDefinition): string[][] {
  return [
    ['nobody asks before', describeMoment(opens)],
    ['expected', describeMoment(expected)],
    ['an absent day is late from', describeMoment(deadline)],
  ];
}

function polling({ polling: { waiting, revisions } }: DatasetDefinition): string[][] {
  return [
    ...waiting.map(({ from, everyMinutes }) => [
      'not complete',
      `from ${describeMoment(from)}`,
      `${everyMinutes} minutes`,
    ]),
    ...revisions.map(({ untilHours, everyMinutes }) => [
      'complete',
      `until ${untilHours} h after the expected publication`,
      `${everyMinutes} minutes`,
    ]),
  ];
}

/** Of the first day with the latest number of series: a day that exists whatever day it is. */
function request(dataset: DatasetDefinition): string[] {
  const day = dataset.expectedSeries.at(-1)?.from ?? dataset.firstDay;
  const { path, query, accept, maxBytes, timeoutMs } = dataset.request(deliveryInterval(dataset, day));
  const { setting, default: baseUrl } = dataset.source.baseUrl;
  const text = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  const together = dataset.span
    ? `A backfill may ask for adjacent days together, in a window of at most ${dataset.span.maxHours} elapsed hours.`
    : 'Each day is asked for alone.';
  return [
    `One for a delivery day, for ${day}:`,
    `\`\`\`\nGET ${baseUrl}${path}?${text.join('&')}\n\`\`\``,
    `\`accept: ${accept}\`; at most ${maxBytes / 2 ** 20} MiB, ${timeoutMs / 1000} s. \`${setting}\` replaces the base URL.`,
    together,
  ];
}

function relation(id: string): string {
  const { schema, table: name } = storageOf(id);
  return `${schema}.${name}`;
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
