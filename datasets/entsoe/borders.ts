/** Borders between bidding zones, as pairs of codes; a part or a series is one direction: `DE_LU>NL`. */
import type { Settings } from '../../domain/dataset/settings.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { type Zone, zoneOf, zonesOn } from './zones.ts';

const PAIRS = [
  ...['AT-CH', 'AT-CZ', 'AT-DE_LU', 'AT-HU', 'AT-IT_NORD', 'AT-SI', 'BE-DE_LU', 'BE-FR', 'BE-GB', 'BE-NL'],
  ...['BG-GR', 'BG-MK', 'BG-RO', 'BG-RS', 'CH-DE_AT_LU', 'CH-DE_LU', 'CH-FR', 'CH-IT_NORD', 'CZ-DE_AT_LU'],
  ...['CZ-DE_LU', 'CZ-PL', 'CZ-SK', 'DE_AT_LU-DK_1', 'DE_AT_LU-DK_2', 'DE_AT_LU-FR', 'DE_AT_LU-NL'],
  ...['DE_AT_LU-PL', 'DE_AT_LU-SE_4', 'DE_LU-DK_1', 'DE_LU-DK_2', 'DE_LU-FR', 'DE_LU-NL', 'DE_LU-NO_2'],
  ...[
    'DE_LU-PL',
    'DE_LU-SE_4',
    'DK_1-DK_2',
    'DK_1-GB',
    'DK_1-NL',
    'DK_1-NO_2',
    'DK_1-SE_3',
    'DK_2-SE_4',
    'EE-FI',
  ],
  ...[
    'EE-LV',
    'ES-FR',
    'ES-PT',
    'FI-NO_4',
    'FI-SE_1',
    'FI-SE_3',
    'FR-GB',
    'FR-IT_NORD',
    'GB-IE_SEM',
    'GB-NL',
    'GB-NO_2',
    'GR-IT_SUD',
  ],
  ...['GR-MK', 'HR-HU', 'HR-RS', 'HR-SI', 'HU-RO', 'HU-RS', 'HU-SI', 'HU-SK', 'IT_CALA-IT_SICI'],
  ...['IT_CALA-IT_SUD', 'IT_CNOR-IT_CSUD', 'IT_CNOR-IT_NORD', 'IT_CSUD-IT_SARD', 'IT_CSUD-IT_SUD'],
  ...[
    'IT_CSUD-ME',
    'IT_NORD-SI',
    'IT_ROSN-IT_SICI',
    'IT_ROSN-IT_SUD',
    'LT-LV',
    'LT-PL',
    'LT-SE_4',
    'ME-RS',
    'MK-RS',
    'NL-NO_2',
    'NO_1-NO_2',
  ],
  ...['NO_1-NO_3', 'NO_1-NO_5', 'NO_1-SE_3', 'NO_2-NO_5', 'NO_3-NO_4', 'NO_3-NO_5', 'NO_3-SE_2'],
  ...['NO_4-SE_1', 'NO_4-SE_2', 'PL-SE_4', 'PL-SK', 'RO-RS', 'SE_1-SE_2', 'SE_2-SE_3', 'SE_3-SE_4'],
];

const DIRECTED = PAIRS.flatMap((pair) => {
  const [one = '', other = ''] = pair.split('-');
  return [`${one}>${other}`, `${other}>${one}`];
});

/** Directed borders of a delivery day between zones of that day, of which at least one is chosen. */
export function bordersOn(day: CivilDay, settings: Settings = {}): string[] {
  const there = codes(zonesOn(day));
  const chosen = codes(zonesOn(day, settings));
  return DIRECTED.filter((border) => {
    const ends = border.split('>');
    return ends.every((code) => there.has(code)) && ends.some((code) => chosen.has(code));
  });
}

/** The zones of a border, from where power goes and where to. @throws RangeError where one is not a zone */
export function endsOf(border: string): { readonly from: Zone; readonly to: Zone } {
  const [from = '', to = ''] = border.split('>');
  return { from: zoneOf(from), to: zoneOf(to) };
}

function codes(zones: readonly Zone[]): ReadonlySet<string> {
  return new Set(zones.map(({ code }) => code));
}
