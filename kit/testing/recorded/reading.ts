/** A decoder that reads the same bytes otherwise is another version of it. */
import assert from 'node:assert/strict';
import { readingOf } from '../../../datasets/recordings.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import type { Recorded } from '../case.ts';

/** Compares with what was noted when it was recorded; a version that was raised since is free to differ. */
export function assertReading(dataset: PulledPoints | RecordDataset, recorded: Recorded): void {
  const { reading } = recorded;
  if (reading?.decoderVersion !== dataset.decoderVersion) return;
  assert.equal(
    readingOf(dataset, recorded).sha256,
    reading.sha256,
    `it is read otherwise than when it was recorded, by the same decoderVersion ${dataset.decoderVersion}: raise it, so that stored days are rebuilt`,
  );
}
