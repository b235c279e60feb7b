/** What the reference says about a dataset of records. */
import { linesOf, type RecordDataset } from '../../../domain/dataset/records.ts';
import { code, table } from '../markdown.ts';

const SILENCES: Readonly<Record<RecordDataset['silence'], string>> = {
  withdraw: 'an answer says all there is: what is absent in it was withdrawn',
  nothing: 'an answer brings what it brings: of each record the highest version counts',
};

export function recordSections(dataset: RecordDataset): string[] {
  return [
    '### Records',
    table(['fact', ''], facts(dataset)),
    '### Fields',
    table(
      ['field', 'type', 'personal', 'meaning'],
      dataset.fields.map(({ name, type, personal, description }) => [
        ...[code(name), type, personal ? 'yes' : '', description],
      ]),
    ),
  ];
}

function facts(dataset: RecordDataset): string[][] {
  const { silence, period, pull, location } = dataset;
  const person = linesOf(dataset)?.person;
  return [
    ['published, revised and rebuilt by', period],
    ['meaning of an answer', SILENCES[silence]],
    ...(pull
      ? [
          [
            'requested',
            `${period}s: ${pull.back} back, the present one and ${pull.ahead} ahead, each every ${pull.everyMinutes / 60} hours; ` +
              `the schedule checks every ${pull.tickMinutes} minutes what is due`,
          ],
        ]
      : []),
    ...(location
      ? [
          [
            'about areas',
            `${code(location.country)} and ${code(location.subdivision)}; a location may be a filter`,
          ],
        ]
      : []),
    ...(person ? [['a person can be erased', `by ${code(person.field)}`]] : []),
  ];
}
