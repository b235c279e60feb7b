/** Whether the inputs of derived datasets are available, over the whole catalogue. Pure. */
import type { Dataset } from './dataset.ts';
import type { DerivedInput } from './derive.ts';

/** A sentence for each input that does not exist, has no points, or has stricter access; and for each cycle. */
export function wrongInputs(datasets: readonly Dataset[]): string[] {
  const byId = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  return datasets.flatMap((dataset) => [
    ...inputsOf(dataset).flatMap((input) => faultsOf(dataset, input, byId.get(input.dataset))),
    ...(reaches(dataset.id, inputIdsOf(dataset), byId)
      ? [`dataset "${dataset.id}" is computed from itself, by way of its inputs: break the circle`]
      : []),
  ]);
}

/** The datasets from which one is computed, each once; empty if it is not computed. */
export function inputIdsOf(dataset: Dataset): string[] {
  return [...new Set(inputsOf(dataset).map((input) => input.dataset))];
}

/** Whether a dataset is requested from the address of a publisher, for which the simulator may stand, or is computed from one that is. */
export function comesFromPublisher(dataset: Dataset, datasets: readonly Dataset[]): boolean {
  const inputs = inputIdsOf(dataset);
  if (inputs.length === 0) return dataset.pull !== undefined && 'baseUrl' in dataset.source;
  return datasets.some((other) => inputs.includes(other.id) && comesFromPublisher(other, datasets));
}

function inputsOf(dataset: Dataset): readonly DerivedInput[] {
  return dataset.shape === 'points' && dataset.derive ? Object.values(dataset.derive.inputs) : [];
}

function faultsOf(
  { id, access }: Dataset,
  { dataset: inputId, until }: DerivedInput,
  input: Dataset | undefined,
): string[] {
  const clause = `dataset "${id}" has the input "${inputId}"`;
  if (!input) return [`${clause}, which is not there: write the id of a dataset, or add its folder`];
  if (input.shape === 'points' && until !== undefined)
    return [`${clause}, which has points: leave "until" out`];
  if (input.shape === 'records') {
    const ends = input.fields.filter(({ type }) => type === 'instant').map(({ name }) => name);
    if (until === undefined || !ends.includes(until))
      return [
        `${clause}, which has records: write in "until" at which instant one ends${ends.length > 0 ? `, such as "${ends[0]}"` : '; it has no field of one'}`,
      ];
    if (input.fields.some(({ personal }) => personal))
      return [`${clause}, which has personal data: nothing is computed from it`];
  }
  return input.access === 'restricted' && access === 'open'
    ? [`${clause}, which is restricted: write access "restricted" here too`]
    : [];
}

function reaches(id: string, from: readonly string[], byId: ReadonlyMap<string, Dataset>): boolean {
  const seen = new Set<string>();
  const open = [...from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true;
    const dataset = byId.get(next);
    if (!dataset || seen.has(next)) continue;
    seen.add(next);
    open.push(...inputIdsOf(dataset));
  }
  return false;
}
