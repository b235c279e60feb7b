/**
 * Which part of a country a subdivision lies in (ISO 3166-2), where sources know the part and not the subdivision: the
 * districts of the United Kingdom. Elsewhere a subdivision lies in its country.
 */

const SCOTLAND =
  'ABD ABE AGB ANS CLK DGY DND EAY EDH EDU ELN ELS ERW FAL FIF GLG HLD IVC MLN MRY NAY NLK ORK PKN RFW SAY SCB SLK STG WDU WLN ZET';
const WALES = 'AGY BGE BGW CAY CGN CMN CRF CWY DEN FLN GWN MON MTY NTL NWP PEM POW RCT SWA TOF VGL WRX';
const NORTHERN_IRELAND = 'ABC AND ANN BFS CCG DRS FMO LBC MEA MUL NMD';
/** The parts themselves, and what consists of several of them. */
const NO_DISTRICTS = 'ENG SCT WLS NIR EAW GBN UKM';

/** A subdivision first, then what it lies in, up to its country: `GB-NSM`, `GB-ENG`, `GB`. */
export function enclosing(code: string): string[] {
  const country = code.slice(0, 2);
  if (code === country) return [country];
  const part = country === 'GB' ? partOfBritain(code.slice(3)) : undefined;
  return [code, ...(part ? [`GB-${part}`] : []), country];
}

function partOfBritain(district: string): string | undefined {
  const isIn = (list: string) => list.split(' ').includes(district);
  if (isIn(NO_DISTRICTS)) return undefined;
  if (isIn(SCOTLAND)) return 'SCT';
  if (isIn(WALES)) return 'WLS';
  return isIn(NORTHERN_IRELAND) ? 'NIR' : 'ENG';
}
