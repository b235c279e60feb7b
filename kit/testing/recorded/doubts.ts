/** What the contract says of one answer, in sentences: for people who try a definition, or compare what is stored with its source. */
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import type { Recorded } from '../case.ts';
import { recordedPointCases } from './points.ts';
import { recordedRecordCases } from './records.ts';

/** @returns nothing where the answer is whole and means what its own names say */
export async function doubtsAbout(
  dataset: PulledPoints | RecordDataset,
  recorded: Recorded,
): Promise<string[]> {
  const cases =
    dataset.shape === 'points'
      ? recordedPointCases(dataset, [recorded])
      : recordedRecordCases(dataset, [recorded]);
  const doubts: string[] = [];
  for (const { run } of cases)
    try {
      await run();
    } catch (error) {
      doubts.push((error as Error).message.split('\n')[0] ?? '');
    }
  return [...new Set(doubts)];
}
