/** Reads the JSON that people type into the Web UI to start workflows; see `fields.ts` for how. */
import type { LookForFilesInput } from '../files/found-files.ts';
import { DECISION_VERBS } from '../interpret/decision.ts';
import { Failure } from './failures.ts';
import {
  DATASET,
  DAY,
  FLAG,
  IDS,
  inOrder,
  NAMED_IDS,
  oneOf,
  read,
  TEXT,
  WORDS,
  wholeNumber,
} from './fields.ts';
import {
  type DecideDayInput,
  type DrainInboxInput,
  type EraseInput,
  type IngestDayInput,
  type PollDatasetInput,
  type RebuildInput,
  TRIGGERS,
} from './messages.ts';

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
    answerIds: NAMED_IDS,
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
export function readMaintainStorageInput(input: unknown): PollDatasetInput {
  return read<PollDatasetInput>(
    'maintainStorage',
    input,
    { dataset: DATASET },
    '{"dataset": "swissgrid.frequency"}',
  );
}

/** @throws Failure BAD_INPUT */
export function readDrainInboxInput(input: unknown): DrainInboxInput {
  return read<DrainInboxInput>('drainInbox', input, { dataset: DATASET }, '{"dataset": "checkout.events"}');
}

/** @throws Failure BAD_INPUT */
export function readLookForFilesInput(input: unknown): LookForFilesInput {
  return read<LookForFilesInput>(
    'lookForFiles',
    input,
    { dataset: DATASET },
    '{"dataset": "swissgrid.frequency"}',
  );
}

/** @throws Failure BAD_INPUT */
export function readEraseInput(input: unknown): EraseInput {
  const fields = { erasure: { ...wholeNumber(1, Number.MAX_SAFE_INTEGER), required: true } };
  return read<EraseInput>('erasePerson', input, fields, '{"erasure": 1}');
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
    by: { ...WORDS, required: true, hint: 'write who decides' },
    reason: { ...WORDS, required: true, hint: 'write why' },
  };
  const decided = read<DecideDayInput>('decideDay', input, fields, example);
  const aboutFindings = decided.decision === 'release' || decided.decision === 'waive';
  const named = [decided.findings, decided.rule].filter((value) => value !== undefined).length;
  if (named === (aboutFindings ? 1 : 0)) return decided;
  const hint = aboutFindings
    ? 'say which findings: either "findings" or "rule"'
    : 'is about the whole day: leave out "findings" and "rule"';
  throw new Failure('BAD_INPUT', `decideDay: "${decided.decision}" ${hint}. Example: ${example}`);
}
