// The vocabulary of faults: one table from name to effect, and the notations in which people write one.
import { answerFaults } from './answer-faults.ts';
import { deliveryFaults } from './delivery-faults.ts';
import type { FaultKind, ParamInput } from './fault-kind.ts';
import { wrong } from './input.ts';
import { publicationFaults } from './publication-faults.ts';
import { rowFaults } from './row-faults.ts';
import { valueFaults } from './value-faults.ts';

/** Every fault by name. */
export const FAULTS = {
  ...answerFaults,
  ...deliveryFaults,
  ...rowFaults,
  ...valueFaults,
  ...publicationFaults,
};

/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** Which requests a fault applies to: without any of these, every one. */
export interface FaultScope {
  /** Only on this region and table, such as core/netPos. */
  readonly table?: string;
  /** Only on windows that touch this business day; faults in rows change the rows of this day only. */
  readonly day?: string;
  /** Only the next so many requests that match. */
  readonly times?: number;
  /** Only this share of the requests that match, from 0 to 1, chosen by seed, window and attempt. */
  readonly share?: number;
}

/** A fault as a test or a control body gives it. */
export type FaultInput = {
  [N in FaultName]: { readonly name: N } & FaultScope & ParamInput<(typeof FAULTS)[N]['params']>;
}[FaultName];

/** Whether a text names a fault. */
export function isFaultName(text: unknown): text is FaultName {
  return typeof text === 'string' && Object.hasOwn(FAULTS, text);
}

/** Splits a fault written as `name` or `name:key=value,key=value`. Values are texts; the fault validates them. */
export function parseFaultSpec(spec: string): Record<string, string> {
  const colon = spec.indexOf(':');
  const fields: Record<string, string> = { name: colon < 0 ? spec : spec.slice(0, colon) };
  for (const pair of colon < 0 ? [] : spec.slice(colon + 1).split(',')) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw wrong('fault', spec, 'written name or name:key=value,key=value');
    fields[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return fields;
}

/** The vocabulary for people: one line per fault and one per parameter. */
export function describeFaults(): string {
  return Object.entries(FAULTS)
    .map(([name, { description, params }]: [string, FaultKind]) => {
      const lines = Object.entries(params).map(
        ([param, { means, required }]) => `\n      ${param}${required ? '' : '?'}: ${means}`,
      );
      return `  ${name}: ${description}${lines.join('')}`;
    })
    .join('\n');
}
