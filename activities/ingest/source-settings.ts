/** What the settings of a source decide about its requests: its credential, and the parts of its days. */

import type { Catalog } from '../../datasets/catalog.ts';
import { isDerived, isPulledRecords, type ScheduledDataset } from '../../domain/dataset/dataset.ts';
import type { Source, SourceFacts } from '../../domain/dataset/facts.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { missingCredential, type Settings } from '../../domain/dataset/settings.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';

type Given = Pick<Dependencies, 'sourceSettings'>;

export function settingsOf({ sourceSettings }: Given, { id }: SourceFacts): Settings {
  return sourceSettings?.get(id) ?? {};
}

/** Whether a source cannot be requested because its key is not set. */
export function lacksCredential(given: Given, source: SourceFacts | Source): boolean {
  return missingCredential(source, settingsOf(given, source)) !== undefined;
}

/** @throws Failure CREDENTIAL_MISSING */
export function assertCredential(given: Given, source: SourceFacts | Source): void {
  const setting = missingCredential(source, settingsOf(given, source));
  if (setting)
    throw new Failure(
      'CREDENTIAL_MISSING',
      `${source.title} answers nobody without a key: set ${setting}, then start the workers again`,
    );
}

/** The parts of a day, each a request; none where one request brings the day. */
export function partsOf(given: Given, { pull, source }: PulledPoints, day: CivilDay): readonly string[] {
  return pull.parts?.of(day, settingsOf(given, source)) ?? [];
}

// The dataset of an attempt: one that is requested from a source, points or records, or one that is computed.

/** @throws Failure UNKNOWN_DATASET; BAD_INPUT for one that is neither requested nor computed */
export function pulledDataset(catalog: Catalog, id: string): ScheduledDataset {
  const dataset = catalog.find(id);
  return isPulledRecords(dataset) || isDerived(dataset) ? dataset : catalog.get(id);
}
