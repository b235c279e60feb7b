/** The datasets of the catalogue: facts, calendar, polling, request, fields and rules, from their definitions. */
import { loadCatalog } from '../../datasets/catalog.ts';
import { type Dataset, isFiledPoints, isOfRecords, isPulledPoints } from '../../domain/dataset/dataset.ts';
import { DECODER_RULES, FILE_RULES, PLATFORM_RULES } from '../../domain/interpret/rules.ts';
import { factsOf, origin, relationOf } from './dataset-facts.ts';
import { code, page, table } from './markdown.ts';
import { failureRules, rulesTable } from './rules.ts';
import { fileSections } from './sections/files.ts';
import { pullSections } from './sections/pull.ts';
import { recordSections } from './sections/records.ts';

export async function datasetsPage(): Promise<string> {
  const { all } = await loadCatalog();
  return page(
    'Datasets',
    table(
      ['dataset', 'title', 'unit', 'relation', 'data come from'],
      all.map((dataset) => {
        const { id, title, unit } = dataset;
        return [`[${id}](#${anchor(id)})`, title, unit, code(relationOf(id)), origin(dataset)];
      }),
    ),
    '`block`: the point, or the whole response, is not written. `warn`: written; a person should look. `info`: good ' +
      'to know. Findings stand in `ops.finding` until a later payload says something else.',
    ...all.flatMap(describe),
    '## Rules of every dataset',
    rulesTable(PLATFORM_RULES),
    'An answer that does not even come as promised fails the run and leaves a finding:',
    rulesTable(failureRules()),
    '## Rules of decoders',
    'A decoder uses those that its format can break.',
    rulesTable(DECODER_RULES),
    '## Rules of lines of files',
    'For datasets whose data come as files. The first hundred of a rule and day are listed one by one, the rest is counted.',
    rulesTable(FILE_RULES),
  );
}

function describe(dataset: Dataset): string[] {
  const { id, title, description } = dataset;
  return [
    `## ${id}`,
    `${title}. ${description}`,
    table(['fact', ''], factsOf(dataset)),
    ...sectionsOf(dataset),
  ];
}

function sectionsOf(dataset: Dataset): string[] {
  return [
    ...(isOfRecords(dataset) ? recordSections(dataset) : []),
    ...(isPulledPoints(dataset) ? pullSections(dataset) : []),
    ...(isFiledPoints(dataset) ? fileSections(dataset) : []),
    ...rulesOf(dataset),
  ];
}

function rulesOf({ checks = [] }: Dataset): string[] {
  const own = checks.map((check) => [check.rule, check] as const);
  const others =
    'the [rules of every dataset](#rules-of-every-dataset) and [of decoders](#rules-of-decoders)';
  if (own.length === 0) return [`Its rules are ${others}.`];
  return ['### Rules', rulesTable(Object.fromEntries(own)), `And ${others}.`];
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
