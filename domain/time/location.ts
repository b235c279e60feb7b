/** Locations that people add and remove, each in a country or a subdivision of one (ISO 3166). */
import { Failure } from '../workflow/failures.ts';

/** A country, or a part of one. */
export interface Area {
  /** ISO 3166-1 alpha-2: `NL`. */
  readonly country: string;
  /** ISO 3166-2: `NL-FL`; null for the whole country. */
  readonly subdivision: string | null;
}

export interface LocationFacts extends Area {
  readonly name: string;
}

const COUNTRY = /^[A-Z]{2}$/;
const SUBDIVISION = /^[A-Z]{2}-[A-Z0-9]{1,3}$/;
const LONGEST_NAME = 200;

/** `NL-FL`, or `NL` for the whole country. */
export function codeOf({ country, subdivision }: Area): string {
  return subdivision ?? country;
}

/** The area of a code. */
export function areaOf(code: string): Area {
  return { country: code.slice(0, 2), subdivision: code.length > 2 ? code : null };
}

/** A wrong field: its name, and what to write instead. */
export interface LocationFault {
  readonly field: 'name' | 'country' | 'subdivision';
  readonly hint: string;
}

/** Faults in the facts of a location; empty when there are none. */
export function locationFaults({ name, country, subdivision }: LocationFacts): LocationFault[] {
  const faults: LocationFault[] = [];
  if (name.trim() === '' || name.length > LONGEST_NAME || name.includes('\0'))
    faults.push({ field: 'name', hint: `write a name of 1 to ${LONGEST_NAME} characters` });
  if (!COUNTRY.test(country))
    faults.push({ field: 'country', hint: 'write the two letters of ISO 3166-1, such as NL' });
  if (subdivision !== null && !SUBDIVISION.test(subdivision))
    faults.push({ field: 'subdivision', hint: 'write a code of ISO 3166-2, such as NL-FL, or leave it out' });
  else if (subdivision !== null && !subdivision.startsWith(`${country}-`))
    faults.push({ field: 'subdivision', hint: `write one of ${country}, such as ${country}-…` });
  return faults;
}

/** @throws Failure BAD_INPUT that names every wrong field, its value and the hint. */
export function assertLocation(facts: LocationFacts): void {
  const faults = locationFaults(facts);
  if (faults.length === 0) return;
  const messages = faults.map(({ field, hint }) => `"${field}" is ${JSON.stringify(facts[field])}: ${hint}`);
  throw new Failure('BAD_INPUT', messages.join('; '));
}
