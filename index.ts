/**
 * What authors of datasets import from `tidemark`: how a dataset is defined, and the checks that are there already. The bundled
 * datasets are examples; docs/datasets.md explains every field.
 */
export { type Dataset, defineDataset } from './domain/dataset/dataset.ts';
export type { Source, SourceFacts } from './domain/dataset/facts.ts';
export type { Credentials, Fetch, FetchContext, Fetched } from './domain/dataset/fetcher.ts';
export type { Decoded, DecodedPoint } from './domain/dataset/points.ts';
export type { SourceRequest } from './domain/dataset/pull.ts';
export type { DecodedRecord, DecodedRecords, RecordField, RecordLines } from './domain/dataset/records.ts';
export type { Setting, Settings } from './domain/dataset/settings.ts';
export * from './domain/interpret/checks.ts';
export { AnswerRefused, type Finding, finding } from './domain/interpret/finding.ts';
export { type CivilDay, dayAt, dayInterval, type Interval } from './domain/time/civil-day.ts';
export { Failure } from './domain/workflow/failures.ts';
