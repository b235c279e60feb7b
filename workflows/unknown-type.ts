/** Every type that this worker does not have: the run fails at once and says which types there are. Left to the SDK, it would run until someone ends it. */
import { workflowInfo } from '@temporalio/workflow';
import { nearNames } from '../domain/dataset/near-names.ts';
import { Failure } from '../domain/workflow/failures.ts';
import { orFailWorkflow } from './failure.ts';
import type * as types from './index.ts';

const TYPES: Readonly<Record<Exclude<keyof typeof types, 'default'>, true>> = {
  ...{
    backfill: true,
    decideDay: true,
    drainInbox: true,
    erasePerson: true,
    ingestDay: true,
    loadFile: true,
  },
  ...{ lookForFiles: true, maintainStorage: true, notify: true, pollDataset: true, rebuild: true },
};

export async function unknownType(): Promise<void> {
  orFailWorkflow(() => {
    const { workflowType } = workflowInfo();
    const known = Object.keys(TYPES);
    const [near] = nearNames(workflowType, known, 1);
    const cure = near === undefined ? `write one of ${known.join(', ')}` : `write "${near}"`;
    throw new Failure('BAD_INPUT', `no workflow type "${workflowType.slice(0, 200)}"; ${cure}`);
  });
}
