/**
 * Bidding zones of the platform by code, with the EIC that it knows them by, and since when and until when they were zones.
 *
 * Zones split and merge. A zone keeps its code for as long as it has its EIC; what came before or after it is another zone:
 * before DE_LU there was DE_AT_LU, whose price was that of AT as well. `entsoe.zone_history` says so in SQL (day-ahead-prices.sql), so
 * that a query that wants one line for Germany joins it by delivery day.
 *
 * Not known: the days from which EICs of zones of Norway and Sweden hold; they are taken to hold throughout.
 */
import type { Settings } from '../../domain/dataset/settings.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

export interface Zone {
  readonly code: string;
  readonly eic: string;
  /** First and last delivery day of its EIC, unless it always had one. */
  readonly from?: CivilDay;
  readonly to?: CivilDay;
  /** First delivery day with a price of its own, where that differs; `never` where none is published here. */
  readonly pricedFrom?: CivilDay | 'never';
}

export const ZONES: readonly Zone[] = [
  { code: 'AT', eic: '10YAT-APG------L', pricedFrom: '2018-10-01' },
  { code: 'BE', eic: '10YBE----------2' },
  { code: 'BG', eic: '10YCA-BULGARIA-R' },
  { code: 'CH', eic: '10YCH-SWISSGRIDZ' },
  { code: 'CZ', eic: '10YCZ-CEPS-----N' },
  { code: 'DE_AT_LU', eic: '10Y1001A1001A63L', to: '2018-09-30' },
  { code: 'DE_LU', eic: '10Y1001A1001A82H', from: '2018-10-01' },
  { code: 'DK_1', eic: '10YDK-1--------W' },
  { code: 'DK_2', eic: '10YDK-2--------M' },
  { code: 'EE', eic: '10Y1001A1001A39I' },
  { code: 'ES', eic: '10YES-REE------0' },
  { code: 'FI', eic: '10YFI-1--------U' },
  { code: 'FR', eic: '10YFR-RTE------C' },
  { code: 'GB', eic: '10YGB----------A', pricedFrom: 'never' },
  { code: 'GR', eic: '10YGR-HTSO-----Y' },
  { code: 'HR', eic: '10YHR-HEP------M' },
  { code: 'HU', eic: '10YHU-MAVIR----U' },
  { code: 'IE_SEM', eic: '10Y1001A1001A59C' },
  { code: 'IT_CALA', eic: '10Y1001C--00096J', from: '2021-01-01' },
  { code: 'IT_CNOR', eic: '10Y1001A1001A70O' },
  { code: 'IT_CSUD', eic: '10Y1001A1001A71M' },
  { code: 'IT_NORD', eic: '10Y1001A1001A73I' },
  { code: 'IT_ROSN', eic: '10Y1001A1001A77A', to: '2020-12-31' },
  { code: 'IT_SARD', eic: '10Y1001A1001A74G' },
  { code: 'IT_SICI', eic: '10Y1001A1001A75E' },
  { code: 'IT_SUD', eic: '10Y1001A1001A788' },
  { code: 'LT', eic: '10YLT-1001A0008Q' },
  { code: 'LV', eic: '10YLV-1001A00074' },
  { code: 'ME', eic: '10YCS-CG-TSO---S' },
  { code: 'MK', eic: '10YMK-MEPSO----8' },
  { code: 'NL', eic: '10YNL----------L' },
  { code: 'NO_1', eic: '10YNO-1--------2' },
  { code: 'NO_2', eic: '10YNO-2--------T' },
  { code: 'NO_3', eic: '10YNO-3--------J' },
  { code: 'NO_4', eic: '10YNO-4--------9' },
  { code: 'NO_5', eic: '10Y1001A1001A48H' },
  { code: 'PL', eic: '10YPL-AREA-----S' },
  { code: 'PT', eic: '10YPT-REN------W' },
  { code: 'RO', eic: '10YRO-TEL------P' },
  { code: 'RS', eic: '10YCS-SERBIATSOV' },
  { code: 'SE_1', eic: '10Y1001A1001A44P' },
  { code: 'SE_2', eic: '10Y1001A1001A45N' },
  { code: 'SE_3', eic: '10Y1001A1001A46L' },
  { code: 'SE_4', eic: '10Y1001A1001A47J' },
  { code: 'SI', eic: '10YSI-ELES-----O' },
  { code: 'SK', eic: '10YSK-SEPS-----K' },
];

const BY_CODE = new Map(ZONES.map((zone) => [zone.code, zone]));

/** @throws RangeError for a code that is not a zone */
export function zoneOf(code: string): Zone {
  const zone = BY_CODE.get(code);
  if (!zone) throw new RangeError(`"${code}" is no zone`);
  return zone;
}

/** Codes in the setting; empty where all are meant. */
export function chosenCodes(setting: string | undefined): string[] {
  return (setting ?? '')
    .split(',')
    .map((code) => code.trim())
    .filter((code) => code !== '');
}

/** The chosen zones of a delivery day. */
export function zonesOn(day: CivilDay, settings: Settings = {}): readonly Zone[] {
  const chosen = chosenCodes(settings.ENTSOE_ZONES);
  return ZONES.filter(
    ({ code, from = day, to = day }) =>
      from <= day && day <= to && (chosen.length === 0 || chosen.includes(code)),
  );
}

/** Those of them that have a day-ahead price. */
export function pricedZonesOn(day: CivilDay, settings: Settings = {}): readonly Zone[] {
  return zonesOn(day, settings).filter(({ pricedFrom = day }) => pricedFrom !== 'never' && pricedFrom <= day);
}

/** The code of the zone with an EIC; undefined for any other EIC. */
export function codeOfEic(eic: string | undefined): string | undefined {
  return ZONES.find((zone) => zone.eic === eic)?.code;
}
