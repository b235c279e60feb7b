/** The fields that a definition may have: an unknown one would be ignored silently, also from a spread. Pure. */
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
