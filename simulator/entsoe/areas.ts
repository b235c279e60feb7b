// Areas of the ENTSO-E platform by code: EIC, and what is published for them. The list is the simulator's own.

/** One area. */
export interface Area {
  readonly code: string;
  readonly eic: string;
  /** Quarter-hours outside the day-ahead market too; otherwise hours. */
  readonly quarters: boolean;
  readonly offshore: boolean;
}

const QUARTERS = ['AT', 'BE', 'DE_LU', 'HU', 'LU', 'NL', 'RO', 'SK'];
const OFFSHORE = ['BE', 'DE_LU', 'DK_1', 'DK_2', 'FI', 'FR', 'GB', 'NL', 'PT', 'SE_4'];

const EICS: Readonly<Record<string, string>> = {
  AT: '10YAT-APG------L',
  BE: '10YBE----------2',
  BG: '10YCA-BULGARIA-R',
  CH: '10YCH-SWISSGRIDZ',
  CZ: '10YCZ-CEPS-----N',
  DE_LU: '10Y1001A1001A82H',
  DE_AT_LU: '10Y1001A1001A63L',
  DK_1: '10YDK-1--------W',
  DK_2: '10YDK-2--------M',
  EE: '10Y1001A1001A39I',
  ES: '10YES-REE------0',
  FI: '10YFI-1--------U',
  FR: '10YFR-RTE------C',
  GB: '10YGB----------A',
  GR: '10YGR-HTSO-----Y',
  HR: '10YHR-HEP------M',
  HU: '10YHU-MAVIR----U',
  IE_SEM: '10Y1001A1001A59C',
  IT_NORD: '10Y1001A1001A73I',
  IT_CNOR: '10Y1001A1001A70O',
  IT_CSUD: '10Y1001A1001A71M',
  IT_SUD: '10Y1001A1001A788',
  IT_CALA: '10Y1001C--00096J',
  IT_SICI: '10Y1001A1001A75E',
  IT_SARD: '10Y1001A1001A74G',
  IT_ROSN: '10Y1001A1001A77A',
  LT: '10YLT-1001A0008Q',
  LV: '10YLV-1001A00074',
  ME: '10YCS-CG-TSO---S',
  MK: '10YMK-MEPSO----8',
  NL: '10YNL----------L',
  NO_1: '10YNO-1--------2',
  NO_2: '10YNO-2--------T',
  NO_3: '10YNO-3--------J',
  NO_4: '10YNO-4--------9',
  NO_5: '10Y1001A1001A48H',
  PL: '10YPL-AREA-----S',
  PT: '10YPT-REN------W',
  RO: '10YRO-TEL------P',
  RS: '10YCS-SERBIATSOV',
  SE_1: '10Y1001A1001A44P',
  SE_2: '10Y1001A1001A45N',
  SE_3: '10Y1001A1001A46L',
  SE_4: '10Y1001A1001A47J',
  SI: '10YSI-ELES-----O',
  SK: '10YSK-SEPS-----K',
};

/** Every area. */
export const AREAS: readonly Area[] = Object.entries(EICS).map(([code, eic]) => ({
  code,
  eic,
  quarters: QUARTERS.includes(code),
  offshore: OFFSHORE.includes(code),
}));

/** Pairs of areas between which power flows. */
const BORDERS = [
  ...['AT-CH', 'AT-CZ', 'AT-DE_LU', 'AT-HU', 'AT-IT_NORD', 'AT-SI', 'BE-DE_LU', 'BE-FR', 'BE-GB', 'BE-NL'],
  ...['BG-GR', 'BG-MK', 'BG-RO', 'BG-RS', 'CH-DE_LU', 'CH-FR', 'CH-IT_NORD', 'CZ-DE_LU', 'CZ-PL', 'CZ-SK'],
  ...['DE_LU-DK_1', 'DE_LU-DK_2', 'DE_LU-FR', 'DE_LU-NL', 'DE_LU-NO_2', 'DE_LU-PL', 'DE_LU-SE_4'],
  ...[
    'DK_1-DK_2',
    'DK_1-GB',
    'DK_1-NL',
    'DK_1-NO_2',
    'DK_1-SE_3',
    'DK_2-SE_4',
    'EE-FI',
    'EE-LV',
    'ES-FR',
    'ES-PT',
  ],
  ...[
    'FI-NO_4',
    'FI-SE_1',
    'FI-SE_3',
    'FR-GB',
    'FR-IT_NORD',
    'GB-IE_SEM',
    'GB-NL',
    'GB-NO_2',
    'GR-IT_SUD',
    'GR-MK',
    'HR-HU',
  ],
  ...['HR-RS', 'HR-SI', 'HU-RO', 'HU-RS', 'HU-SI', 'HU-SK', 'IT_CALA-IT_SICI', 'IT_CALA-IT_SUD'],
  ...['IT_CNOR-IT_CSUD', 'IT_CNOR-IT_NORD', 'IT_CSUD-IT_SARD', 'IT_CSUD-IT_SUD', 'IT_CSUD-ME'],
  ...['IT_NORD-SI', 'LT-LV', 'LT-PL', 'LT-SE_4', 'ME-RS', 'MK-RS', 'NL-NO_2', 'NO_1-NO_2', 'NO_1-NO_3'],
  ...['NO_1-NO_5', 'NO_1-SE_3', 'NO_2-NO_5', 'NO_3-NO_4', 'NO_3-NO_5', 'NO_3-SE_2', 'NO_4-SE_1'],
  ...['NO_4-SE_2', 'PL-SE_4', 'PL-SK', 'RO-RS', 'SE_1-SE_2', 'SE_2-SE_3', 'SE_3-SE_4'],
];

/** Whether two areas border on each other. */
export function areNeighbours(one: Area, other: Area): boolean {
  return BORDERS.includes(`${one.code}-${other.code}`) || BORDERS.includes(`${other.code}-${one.code}`);
}

/** The area with an EIC; undefined for any other EIC. */
export function areaOfEic(eic: string | undefined): Area | undefined {
  return AREAS.find((area) => area.eic === eic);
}
