/** The fields that a definition may have: an unknown one would be ignored silently, also from a spread. Pure. */

import type { Check, CheckNeed } from '../interpret/checks.ts';
import { nearNames } from './near-names.ts';

const FACTS = [
  ...['id', 'source', 'title', 'description', 'unit', 'owner', 'licence', 'link', 'access', 'retentionDays'],
  ...[
    'silence',
    'firstDay',
    'chunkDays',
    'decoderVersion',
    'shape',
    'checks',
    'pull',
    'files',
    'push',
    'derive',
    'leading',
    'example',
  ],
];

const FIELDS = {
  points: {
    '': [...FACTS, 'plain', 'resolution', 'ownSteps', 'expectedSeries', 'finestSeconds', 'seriesAttributes'],
    pull: ['publication', 'polling', 'batch', 'parts', 'notPublished', 'request', 'decode'],
    files: ['onlySeries', 'form', 'oneStep', 'found'],
    push: ['lines', 'decode'],
    derive: ['inputs', 'aheadDays', 'whenGone', 'compute', 'series'],
  },
  records: {
    '': [...FACTS, 'versions', 'period', 'fields', 'location', 'explains', 'decode'],
    pull: ['back', 'ahead', 'everyMinutes', 'tickMinutes', 'publishedBy', 'fetch'],
    files: ['lines', 'found'],
    push: ['lines'],
  },
} as const;

/** A sentence for each unknown field: its name, its value, and what to write instead. */
export function unknownFields(definition: object & { readonly shape: keyof typeof FIELDS }): string[] {
  const known = FIELDS[definition.shape];
  if (!known) return [`shape is ${shown(definition.shape)}: write "points" or "records"`];
  return Object.entries(known).flatMap(([part, names]) => {
    const of: object = part === '' ? definition : ((definition as Record<string, object>)[part] ?? {});
    const at = part === '' ? '' : `${part}.`;
    return Object.entries(of)
      .filter(([name, value]) => value !== undefined && !(names as readonly string[]).includes(name))
      .map(([name, value]) => `${at}${name} is ${shown(value)}, which nothing knows: ${cureOf(name, names)}`);
  });
}

function cureOf(name: string, names: readonly string[]): string {
  const near = nearNames(name, names, 1);
  return near.length > 0
    ? `leave it out, or write "${near[0]}"`
    : `leave it out; there are ${names.join(', ')}`;
}

function shown(value: unknown): string {
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value)).slice(0, 100);
}

// Whether a dataset can give its checks what they need. Pure.

interface Checked {
  readonly checks?: readonly Pick<Check, 'rule' | 'needs'>[] | undefined;
  readonly silence: 'keep' | 'withdraw' | 'nothing';
}

const LACKS: Readonly<Record<CheckNeed, string>> = {
  grid: 'must be left out, or the definition needs "resolution" and "expectedSeries": it compares a day with them',
  whole: 'must be left out where silence is "nothing": it judges answers that say all there is of a day',
  yesterday: 'must be left out without "pull": only of days that are requested the day before is known',
};

/** @param has what the definition provides, besides its silence. */
export function checkFaults(
  { checks = [], silence }: Checked,
  has: { readonly grid: boolean; readonly yesterday: boolean },
): string[] {
  const given = { ...has, whole: silence !== 'nothing' };
  const rules = checks.map(({ rule }) => rule);
  const twice = rules.filter((rule, i) => rules.indexOf(rule) < i);
  return [
    ...checks.flatMap(({ rule, needs = [] }) =>
      needs.filter((need) => !given[need]).map((need) => `check "${rule}" ${LACKS[need]}`),
    ),
    ...twice.map((rule) => `check "${rule}" is there twice: leave one out`),
  ];
}
