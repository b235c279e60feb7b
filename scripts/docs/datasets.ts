/** The datasets of the catalogue, a section each, from their definitions. What several have in common is said once. */
import { loadCatalog } from '../../datasets/catalog.ts';
import {
  type Dataset,
  isDerived,
  isFiledPoints,
  isOfRecords,
  isPulledPoints,
} from '../../domain/dataset/dataset.ts';
import type { SourceFacts } from '../../domain/dataset/facts.ts';
import { DECODER_RULES, FILE_RULES, PLATFORM_RULES, type Rule } from '../../domain/interpret/rules.ts';
import { dayFacts, factsOf, fieldsOf, quotaOf } from './dataset-facts.ts';
import { code, page } from './markdown.ts';
import { pollingOf, pollingTables } from './polling.ts';
import { failureRules, rulesList } from './rules.ts';

export async function datasetsPage(): Promise<string> {
  const { all } = await loadCatalog();
  const common = commonRules(all);
  const sources = [...new Set(all.map(({ source }) => source))];
  return page(
    'Datasets',
    'How a dataset is called: its relation in SQL is its id with `_` for `-` (`jao-core.max-exchanges` is `jao_core.max_exchanges`); plain calls ' +
      'take relation, table or id, and its further names below. Values are kept permanently, and access is open, unless its section says otherwise. ' +
      'Its owner and licence are in the catalogue (`catalog.dataset`, the page).',
    'Polled datasets follow a [schedule](#polling); the points of each are checked by the [common rules](#rules) and those of its section. A day may have more series ' +
      'than its section says: they are accepted, and then expected for that day.',
    ...sources.flatMap((source) => [
      sourceSection(source),
      ...all.filter((dataset) => dataset.source === source).flatMap((dataset) => describe(dataset, common)),
    ]),
    '## Polling',
    'Times are of the source, relative to the delivery day D, as in gates. A day that is not complete is polled from each instant of the row as often as it says; ' +
      'a complete one until so long after the expected publication. After the deadline an absent day is late.',
    ...pollingTables(all),
    '## Rules',
    '`block`: the point, or the whole response, is not written. `warn`: written; a person should look. `info`: good to know. Findings stay open in ' +
      '`ops.finding` until a later payload says something else.',
    '### Checks of several datasets',
    rulesList({ ...common, range: RANGE }),
    '### Rules of every dataset',
    rulesList(PLATFORM_RULES),
    'A response that does not come as promised fails the run and leaves one of these findings:',
    rulesList(failureRules()),
    '### Rules of decoders',
    rulesList(DECODER_RULES),
    '### Rules of lines of files',
    'The first hundred of a rule and day are listed one by one, the rest is counted.',
    rulesList(FILE_RULES),
  );
}

const RANGE: Rule = {
  severity: 'block',
  summary: 'A value outside of the range that stands with it cannot be right; the point is quarantined.',
};

function sourceSection(source: SourceFacts): string {
  return `## ${source.title}\n\n[${new URL(source.link).host}](${source.link}); delivery days of ${source.timeZone}${quotaOf(source)}.`;
}

function describe(dataset: Dataset, common: Readonly<Record<string, Rule>>): string[] {
  const { id, title, unit, description } = dataset;
  const facts = [...factsOf(dataset), ...dayFacts(dataset)].join('; ');
  const polling = isPulledPoints(dataset) ? `; [polling ${pollingOf(dataset)}](#polling)` : '';
  return [
    `### ${id}`,
    `${title} (${unit}). ${description} ${capitalised(facts)}${polling}.${checksOf(dataset, common)}`,
    ...(isOfRecords(dataset) ? [fieldsOf(dataset)] : []),
  ];
}

function checksOf(dataset: Dataset, common: Readonly<Record<string, Rule>>): string {
  const { checks = [] } = dataset;
  if (checks.length === 0) return '';
  const lines = isFiledPoints(dataset) ? ['those of [lines](#rules-of-lines-of-files)'] : [];
  return ` Checks: ${[...checks.map((check) => checkText(check, common)), ...lines].join('; ')}.`;
}

interface DescribedCheck extends Rule {
  readonly rule: string;
  readonly limits?: readonly number[] | undefined;
  readonly unit?: string | undefined;
}

/** A range by its limits, a check of several datasets by its name. */
function checkText(
  { rule, severity, summary, limits, unit }: DescribedCheck,
  common: Readonly<Record<string, Rule>>,
): string {
  if (rule === 'range' && limits) return `${code(rule)} ${limits.join(' to ')} ${unit ?? ''}`;
  return common[rule]?.summary === summary
    ? code(rule)
    : `${code(rule)} (${severity}): ${summary.replace(/\.$/, '')}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The checks that more than one dataset has in the same words. */
function commonRules(all: readonly Dataset[]): Record<string, Rule> {
  const checks = all
    .filter((dataset) => !isDerived(dataset) || dataset.checks !== undefined)
    .flatMap(({ checks: own = [] }) =>
      own.map(({ rule, severity, summary }) => ({ rule, severity, summary })),
    );
  const isShared = (wanted: (typeof checks)[number]) =>
    wanted.rule !== 'range' &&
    checks.filter(({ rule, summary }) => rule === wanted.rule && summary === wanted.summary).length > 1;
  return Object.fromEntries(checks.filter(isShared).map(({ rule, ...rest }) => [rule, rest]));
}
