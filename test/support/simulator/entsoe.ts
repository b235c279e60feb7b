// What tests of the simulated ENTSO-E platform share: ways to ask it without a socket.
import { type EntsoeDocument, readDocuments } from '../../../datasets/entsoe/document.ts';
import { textAt } from '../../../kit/decode/xml.ts';
import type { Answer } from '../../../simulator/answer.ts';
import { dayEndMs, dayStartMs } from '../../../simulator/business-day.ts';
import type { Simulation } from '../../../simulator/simulation.ts';

/** Any UUID is a right token, unless a simulation has one of its own. */
export const TOKEN = '11111111-2222-4333-8444-555555555555';

export const EIC = {
  AT: '10YAT-APG------L',
  BE: '10YBE----------2',
  DE_LU: '10Y1001A1001A82H',
  ES: '10YES-REE------0',
  GB: '10YGB----------A',
  NL: '10YNL----------L',
  SE_4: '10Y1001A1001A47J',
} as const;

export type Zone = keyof typeof EIC;

/** `202611202300`. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 12);
}

/** Parameters of the time of a delivery day, or of several. */
export function daysOf(first: string, last = first): Record<string, string> {
  return { periodStart: stamp(dayStartMs(first)), periodEnd: stamp(dayEndMs(last)) };
}

/** Parameters that say of what and where, by kind. */
export const KIND = {
  A44: (zone: Zone) => ({ documentType: 'A44', in_Domain: EIC[zone], out_Domain: EIC[zone] }),
  A65_A16: (zone: Zone) => ({ documentType: 'A65', processType: 'A16', outBiddingZone_Domain: EIC[zone] }),
  A65_A01: (zone: Zone) => ({ documentType: 'A65', processType: 'A01', outBiddingZone_Domain: EIC[zone] }),
  A69_A01: (zone: Zone) => ({ documentType: 'A69', processType: 'A01', in_Domain: EIC[zone] }),
  A69_A40: (zone: Zone) => ({ documentType: 'A69', processType: 'A40', in_Domain: EIC[zone] }),
  A69_A18: (zone: Zone) => ({ documentType: 'A69', processType: 'A18', in_Domain: EIC[zone] }),
  A75: (zone: Zone) => ({ documentType: 'A75', processType: 'A16', in_Domain: EIC[zone] }),
  A11: (zone: Zone) => ({ documentType: 'A11', in_Domain: EIC[zone], out_Domain: EIC.DE_LU }),
  A85: (zone: Zone) => ({ documentType: 'A85', controlArea_Domain: EIC[zone] }),
  A80: (zone: Zone) => ({ documentType: 'A80', BiddingZone_Domain: EIC[zone] }),
  A78: (zone: Zone) => ({ documentType: 'A78', in_Domain: EIC[zone], out_Domain: EIC.DE_LU }),
} as const;

/** Asks with a token, unless `securityToken` is among the parameters. */
export function askEntsoe(simulation: Simulation, parameters: Readonly<Record<string, string>>): Answer {
  const query = new URLSearchParams({ securityToken: TOKEN, ...parameters });
  return simulation.handle({ method: 'GET', target: `/api?${query}` });
}

export function documentsOf(answer: Answer): EntsoeDocument[] {
  return readDocuments(Buffer.from(answer.body, answer.binary ? 'latin1' : 'utf8'));
}

/** The reason of an acknowledgement. */
export function reasonOf(answer: Answer): string {
  expectXml(answer);
  return /<code>999<\/code>\s*<text>([^<]*)</.exec(answer.body)?.[1] ?? '';
}

function expectXml({ contentType, body }: Answer): void {
  if (contentType !== 'text/xml') throw new Error(`no acknowledgement: ${contentType} ${body.slice(0, 200)}`);
}

/** `instant value` of every slot of every TimeSeries, filled as A03 says. */
export function slotsOf(documents: readonly EntsoeDocument[], name: string): string[][] {
  return documents.flatMap(({ series }) =>
    series.map(({ periods }) =>
      periods.flatMap(({ runs, stepMs }) =>
        runs.flatMap(({ startMs, endMs, point }) =>
          Array.from(
            { length: (endMs - startMs) / stepMs },
            (_, i) => `${new Date(startMs + i * stepMs).toISOString()} ${textAt(point, name)}`,
          ),
        ),
      ),
    ),
  );
}

/** The sequence of each TimeSeries, in document order. */
export function sequencesOf(documents: readonly EntsoeDocument[]): (string | undefined)[] {
  return documents.flatMap(({ series }) =>
    series.map(({ element }) =>
      textAt(element, 'classificationSequence_AttributeInstanceComponent.position'),
    ),
  );
}
