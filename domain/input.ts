/**
 * Reads the JSON that people type into the Web UI. A wrong field is refused with its name, its value and the cure,
 * all faults at once; an unknown field is refused too, because it is usually a misspelt one.
 */
import { isCivilDay } from './civil-day.ts';
import { DECISION_VERBS } from './decision.ts';
import { Failure } from './failures.ts';
import {
  type BackfillInput,
  type DecideDayInput,
  type IngestDayInput,
  ORDERS,
  type PollDatasetInput,
  type RebuildInput,
  TRIGGERS,
} from './messages.ts';

interface Field {
  readonly required: boolean;
  readonly cure: string;
  accepts(value: unknown): boolean;
}

const DATASET: Field = {
  required: true,
  cure: 'write the id of a dataset, such as "jao-core.max-exchanges"',
  accepts: (value) => typeof value === 'string' && value.length > 0 && value.length <= 200,
};
const DAY: Field = { required: true, cure: 'write an existing date as YYYY-MM-DD', accepts: isCivilDay };
const TEXT: Field = { required: false, cure: 'write a text', accepts: (value) => typeof value === 'string' };
const WORDS: Field = {
  required: false,
  cure: 'write a text that is not empty',
  accepts: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 2_000,
};
const IDS: Field = {
  required: false,
  cure: 'write a list of ids, such as [12, 13]',
  accepts: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id > 0),
};
const FLAG: Field = {
  required: false,
  cure: 'write true or false',
  accepts: (value) => typeof value === 'boolean',
};

/** @throws Failure BAD_INPUT */
export function readIngestDayInput(input: unknown): IngestDayInput {
  const example = '{"dataset": "jao-core.max-exchanges", "day": "2026-11-20"}';
  const fields = {
    dataset: DATASET,
    day: DAY,
    trigger: oneOf(TRIGGERS),
    backfillId: TEXT,
    wait: FLAG,
    answerId: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  };
  return read<IngestDayInput>('ingestDay', input, fields, example);
}

/** @throws Failure BAD_INPUT */
export function readPollDatasetInput(input: unknown): PollDatasetInput {
  return read<PollDatasetInput>(
    'pollDataset',
    input,
    { dataset: DATASET },
    '{"dataset": "jao-core.max-exchanges"}',
  );
}

/** @throws Failure BAD_INPUT */
export function readBackfillInput(input: unknown): BackfillInput {
  const example = '{"dataset": "jao-core.max-exchanges", "from": "2026-10-21", "to": "2026-11-20"}';
  const fields = {
    dataset: DATASET,
    from: DAY,
    to: DAY,
    days: oneOf(['incomplete', 'all']),
    concurrency: wholeNumber(1, 200),
    order: oneOf(ORDERS),
  };
  return inOrder('backfill', read<BackfillInput>('backfill', input, fields, example));
}

/** @throws Failure BAD_INPUT */
export function readRebuildInput(input: unknown): RebuildInput {
  const example = '{"dataset": "jao-core.max-exchanges", "from": "2026-10-21", "to": "2026-11-20"}';
  const fields = {
    dataset: DATASET,
    from: DAY,
    to: DAY,
    decoderOlderThan: wholeNumber(1, 1_000_000),
    dryRun: FLAG,
  };
  return inOrder('rebuild', read<RebuildInput>('rebuild', input, fields, example));
}

/** @throws Failure BAD_INPUT */
export function readDecideDayInput(input: unknown): DecideDayInput {
  const example =
    '{"dataset": "jao-core.max-exchanges", "day": "2026-11-20", "decision": "release", "rule": "range", ' +
    '"by": "anna", "reason": "confirmed by the publisher"}';
  const fields = {
    dataset: DATASET,
    day: DAY,
    decision: { ...oneOf(DECISION_VERBS), required: true },
    findings: IDS,
    rule: WORDS,
    by: { ...WORDS, required: true, cure: 'write who decides' },
    reason: { ...WORDS, required: true, cure: 'write why' },
  };
  const decided = read<DecideDayInput>('decideDay', input, fields, example);
  const aboutFindings = decided.decision === 'release' || decided.decision === 'waive';
  const named = [decided.findings, decided.rule].filter((value) => value !== undefined).length;
  if (named === (aboutFindings ? 1 : 0)) return decided;
  const cure = aboutFindings
    ? 'say which findings: either "findings" or "rule"'
    : 'is about the whole day: leave out "findings" and "rule"';
  throw new Failure('BAD_INPUT', `decideDay: "${decided.decision}" ${cure}. Example: ${example}`);
}

function inOrder<T extends { readonly from: string; readonly to: string }>(workflow: string, range: T): T {
  if (range.from <= range.to) return range;
  throw new Failure(
    'BAD_INPUT',
    `${workflow}: "from" (${range.from}) is after "to" (${range.to}); swap them`,
  );
}

function oneOf(values: readonly string[]): Field {
  return {
    required: false,
    cure: `write ${values.map((value) => `"${value}"`).join(' or ')}`,
    accepts: (value) => values.some((known) => known === value),
  };
}

function wholeNumber(min: number, max: number): Field {
  return {
    required: false,
    cure: `write a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

function read<T>(workflow: string, input: unknown, fields: Record<string, Field>, example: string): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Failure(
      'BAD_INPUT',
      `${workflow}: the input is ${show(input)}; write one JSON object, such as ${example}`,
    );
  }
  const given = input as Record<string, unknown>;
  const faults = [
    ...Object.keys(given)
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => `"${name}" is not a field; the fields are ${Object.keys(fields).join(', ')}`),
    ...Object.entries(fields).flatMap(([name, field]) => faultsOf(name, given[name], field)),
  ];
  if (faults.length > 0)
    throw new Failure('BAD_INPUT', `${workflow}: ${faults.join('; ')}. Example: ${example}`);
  // Web forms send null for a field that was left empty.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as T;
}

function faultsOf(name: string, value: unknown, field: Field): string[] {
  if (value === undefined || value === null)
    return field.required ? [`"${name}" is missing: ${field.cure}`] : [];
  return field.accepts(value) ? [] : [`"${name}" is ${show(value)}: ${field.cure}`];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
