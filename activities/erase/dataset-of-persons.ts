/** Datasets whose lines contain personal data. */
import type { Sql } from '../../db/connection/client.ts';
import { type Erasure, readErasure } from '../../db/queries/payloads/erasures.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { RecordDataset, RecordLines } from '../../domain/dataset/records.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { ofLines } from '../lines/fold-lines.ts';

export type DatasetOfPersons = RecordDataset & {
  readonly lines: RecordLines & { readonly person: NonNullable<RecordLines['person']> };
};

/** @throws Failure BAD_INPUT for a dataset without personal data. */
export function ofPersons(dataset: Dataset): DatasetOfPersons {
  const ofSomeLines = ofLines(dataset);
  if (ofSomeLines.lines.person) return ofSomeLines as DatasetOfPersons;
  throw new Failure(
    'BAD_INPUT',
    `${dataset.id} has no field that names a person: nobody can be erased from it`,
  );
}

/** @throws Failure BAD_INPUT when no such erasure was requested. */
export async function requestedErasure(sql: Sql, id: number): Promise<Erasure> {
  const erasure = await readErasure(sql, id);
  if (erasure) return erasure;
  throw new Failure('BAD_INPUT', `there is no erasure ${id}; "tidemark erase" begins one`);
}
