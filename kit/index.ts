/**
 * What authors of datasets import from `tidemark`: how a dataset is defined, and the checks that are there already. The bundled
 * datasets are examples; docs/datasets.md explains every field.
 */

export { type Dataset, defineDataset } from '../domain/dataset/dataset.ts';
export type { ComputedPoint, DerivedInput, DerivedUnit, InputPoints } from '../domain/dataset/derive.ts';
export type { Example } from '../domain/dataset/example.ts';
export type { Credential, Source, SourceFacts } from '../domain/dataset/facts.ts';
export type { Credentials, Fetch, FetchContext, Fetched } from '../domain/dataset/fetcher.ts';
export type { Decoded, DecodedPoint } from '../domain/dataset/points.ts';
export type { Answer, NotPublished, Parts, RequestOptions, SourceRequest } from '../domain/dataset/pull.ts';
export type { DecodedRecord, DecodedRecords, RecordField, RecordLines } from '../domain/dataset/records.ts';
export type { Setting, Settings } from '../domain/dataset/settings.ts';
export * from '../domain/interpret/checks.ts';
export { AnswerRefused, type Finding, finding } from '../domain/interpret/finding.ts';
export { type CivilDay, dayAt, dayInterval, type Interval } from '../domain/time/civil-day.ts';
export { combined, type Known, onGrid } from '../domain/values/on-grid.ts';
export { Failure } from '../domain/workflow/failures.ts';
export type { TableDecoder } from './decode/decoder.ts';
export { type DelimitedForm, delimitedRows, delimitedTable } from './decode/delimited-table.ts';
export { exampleOf } from './decode/example.ts';
export { type JsonTableForm, jsonTable, parseJson, rowsIn } from './decode/json-table.ts';
export { instant, intervalOfDay, readInstant, type TimeColumn, wallClock } from './decode/time-column.ts';
export { childOf, readXml, textAt, type XmlElement } from './decode/xml.ts';
export { isZip, type ZipMember, zipMembers } from './decode/zip.ts';
