// The kind of document, the areas and the time of a request.
import type { Window } from '../window.ts';
import { areaOfEic } from './areas.ts';
import { KINDS, type Kind } from './kinds.ts';
import { OUTAGE_KINDS, type OutageKind } from './outages.ts';
import { type Parameters, Refused, readPeriod } from './query.ts';

/** The content of a request. */
export interface Wanted {
  readonly documentType: string;
  readonly item: string;
  readonly kind: Kind | OutageKind;
  readonly eics: readonly string[];
  /** The name used by faults. */
  readonly table: string;
  readonly window: Window;
  readonly parameters: Parameters;
}

/** Reads a request. @throws Refused where there is no such kind, or an area is missing */
export function wantedBy(parameters: Parameters): Wanted {
  const { documentType = '', processType } = parameters;
  const kind = [...KINDS, ...OUTAGE_KINDS].find((each) =>
    'columns' in each
      ? each.documentType === documentType && (!needsProcess(each) || each.processType === processType)
      : each.name === documentType,
  );
  if (!kind) {
    const pairs = Object.entries({ DOCUMENT_TYPE: documentType, PROCESS_TYPE: processType });
    const shown = pairs.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
    throw new Refused(`The combination of [${shown.join(', ')}] is not valid`);
  }
  const eics = kind.areas.map((name) => parameters[name] ?? missing(name));
  const codes = eics.map((eic) => areaOfEic(eic)?.code ?? 'UNKNOWN');
  const table = `entsoe/${kind.name}_${kind.name === 'A44' ? codes[0] : codes.join('_')}`;
  return { documentType, item: kind.item, kind, eics, table, window: readPeriod(parameters), parameters };
}

function needsProcess({ documentType }: Kind): boolean {
  return ['A65', 'A69', 'A75'].includes(documentType);
}

function missing(name: string): never {
  throw new Refused(`Mandatory parameter is missing: ${name}`);
}
