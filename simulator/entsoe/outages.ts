// Outages of units and lines: records with revisions of their own, a document each. Pure functions of (seed, area, day).
import { dayOf, dayStartMs, HOUR_MS, nextDay } from '../business-day.ts';
import { hashText, mix, unit } from '../random.ts';
import type { Window } from '../window.ts';
import { minuteText } from './document.ts';

/** Which outages. */
export interface OutageKind {
  readonly name: 'A80' | 'A78';
  readonly item: string;
  /** Name of the members of the zip. */
  readonly file: string;
  readonly areas: readonly string[];
}

export const OUTAGE_KINDS: readonly OutageKind[] = [
  {
    ...{ name: 'A80', item: 'UNAVAILABILITY_OF_GENERATION_UNITS [15.1.A&B]' },
    ...{ file: 'UNAVAILABILITY_OF_PRODUCTION_AND_GENERATION_UNITS', areas: ['BiddingZone_Domain'] },
  },
  {
    ...{ name: 'A78', item: 'UNAVAILABILITY_OF_TRANSMISSION [10.1.A&B]' },
    ...{ file: 'UNAVAILABILITY_IN_TRANSMISSION_GRID', areas: ['in_Domain', 'out_Domain'] },
  },
];

/** One revision of one outage. */
export interface Revision {
  readonly mrid: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Active, cancelled, withdrawn. */
  readonly status: 'A05' | 'A09' | 'A13';
  readonly business: 'A53' | 'A54';
  readonly text: string;
}

/** The maximum number of days before a window on which an outage that reaches into it may have begun. */
const LONGEST_DAYS = 30;

/** Every revision that is known at an instant, of the outages that touch a window, oldest first. */
export function revisionsIn(
  { name }: OutageKind,
  eics: readonly string[],
  { seed, window, nowMs }: { seed: number; window: Window; nowMs: number },
): Revision[] {
  const own = mix(seed, hashText([name, ...eics].join(' ')));
  const found: Revision[] = [];
  for (
    let day = dayOf(window.fromMs - LONGEST_DAYS * 24 * HOUR_MS);
    dayStartMs(day) < window.toMs;
    day = nextDay(day)
  )
    found.push(...revisionsOf(name, eics, mix(own, hashText(day)), dayStartMs(day)));
  return found.filter(
    ({ createdAtMs, startMs, endMs }) =>
      createdAtMs <= nowMs && startMs < window.toMs && endMs > window.fromMs,
  );
}

/** About every third day an outage begins. */
function revisionsOf(name: 'A80' | 'A78', eics: readonly string[], hash: number, dayMs: number): Revision[] {
  if (unit(hash) > 0.35) return [];
  const draw = (n: number) => unit(mix(hash, n));
  const startMs = dayMs + Math.floor(draw(1) * 96) * 15 * 60_000;
  const planned = draw(2) < 0.7;
  const announcedMs = planned ? startMs - Math.ceil(draw(3) * 20) * 24 * HOUR_MS : startMs + HOUR_MS / 4;
  const count = 1 + Math.floor(draw(4) * draw(4) * 5);
  const hours = 2 + Math.floor(draw(5) * draw(5) * 24 * 20);
  return Array.from({ length: count }, (_, i) => {
    const isOver = i > 0 && i === count - 1 && draw(6) < 0.3;
    const over = draw(10) < 0.3 ? ('A13' as const) : ('A09' as const);
    const outage = {
      ...{ mrid: `sim${hash.toString(36)}${name}`, revision: i + 1, startMs },
      createdAtMs: announcedMs + i * 31 * HOUR_MS,
      endMs: startMs + (hours + 3 * i) * HOUR_MS,
      status: isOver ? over : ('A05' as const),
      business: planned ? ('A53' as const) : ('A54' as const),
    };
    return { ...outage, text: documentText(name, eics, outage, draw) };
  });
}

function documentText(
  name: 'A80' | 'A78',
  eics: readonly string[],
  outage: Omit<Revision, 'text'>,
  draw: (n: number) => number,
): string {
  const { mrid, revision, createdAtMs, startMs, endMs, status, business } = outage;
  const interval = `<start>${minuteText(startMs)}</start><end>${minuteText(endMs)}</end>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Unavailability_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:outagedocument:3:0">',
    `<mRID>${mrid}</mRID><revisionNumber>${revision}</revisionNumber><type>${name}</type>`,
    '<process.processType>A26</process.processType>',
    `<createdDateTime>${new Date(createdAtMs).toISOString().slice(0, 19)}Z</createdDateTime>`,
    // Without a status, an outage is active.
    ...(status === 'A05' ? [] : [`<docStatus><value>${status}</value></docStatus>`]),
    `<unavailability_Time_Period.timeInterval>${interval}</unavailability_Time_Period.timeInterval>`,
    `<TimeSeries><mRID>1</mRID><businessType>${business}</businessType>`,
    ...(name === 'A80' ? unitElements(eics, draw) : lineElements(eics, draw)),
    '<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A03</curveType>',
    `<Available_Period><timeInterval>${interval}</timeInterval><resolution>PT1M</resolution>`,
    `<Point><position>1</position><quantity>${Math.floor(draw(8) * 3) * 50}</quantity></Point></Available_Period>`,
    '</TimeSeries>',
    `<Reason><code>${business === 'A53' ? 'B19' : 'B18'}</code><text>simulated</text></Reason>`,
    '</Unavailability_MarketDocument>',
  ].join('\n');
}

function unitElements([eic = '']: readonly string[], draw: (n: number) => number): string[] {
  const number = 1 + Math.floor(draw(7) * 9);
  const psr = ['B04', 'B05', 'B14', 'B12'][Math.floor(draw(9) * 4)];
  const resource = 'production_RegisteredResource';
  return [
    `<biddingZone_Domain.mRID codingScheme="A01">${eic}</biddingZone_Domain.mRID>`,
    `<${resource}.mRID codingScheme="A01">SIM-UNIT-${number}</${resource}.mRID>`,
    `<${resource}.name>UNIT ${number}</${resource}.name>`,
    `<${resource}.pSRType.psrType>${psr}</${resource}.pSRType.psrType>`,
    `<${resource}.pSRType.powerSystemResources.nominalP unit="MAW">${number * 100}.0</${resource}.pSRType.powerSystemResources.nominalP>`,
  ];
}

function lineElements([into = '', from = '']: readonly string[], draw: (n: number) => number): string[] {
  const number = 1 + Math.floor(draw(7) * 3);
  return [
    `<in_Domain.mRID codingScheme="A01">${into}</in_Domain.mRID>`,
    `<out_Domain.mRID codingScheme="A01">${from}</out_Domain.mRID>`,
    `<Asset_RegisteredResource><mRID codingScheme="A01">SIM-LINE-${number}</mRID><name>LINE ${number}</name>`,
    '<asset_PSRType.psrType>B21</asset_PSRType.psrType></Asset_RegisteredResource>',
  ];
}
