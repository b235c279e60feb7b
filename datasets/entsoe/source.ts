/**
 * ENTSO-E Transparency Platform.
 *
 * Where it is   https://transparency.entsoe.eu/ · one endpoint: GET {base}/api?securityToken=…&documentType=…
 * Request       times are UTC `yyyyMMddHHmm`, the end EXCLUSIVE. Parameters may not be repeated; unknown ones are refused.
 * Answers       XML (IEC 62325), or a zip of such documents: document.ts. Prices come in whole days that the window touches, all
 *               else is cut to it: points outside of what was requested are other requests'.
 * Nothing yet   200 with an acknowledgement, code 999 "No matching data found": never an error, never "empty for good".
 * Ranges        a month for most, counted in UTC, so that a local month of 31 days is refused; prices a year. We ask for days, or for up to 28 together, fewer where a refusal
 *               names another limit (table.ts).
 * Quota         400 requests a minute for each token, then some ten minutes of 429. We stay below 380, which was shown, too.
 * Revisions     the latest values only. mRID and createdDateTime are new in every answer: a correction shows only by comparing.
 *               Outages are the exception: they have an id and versions of their own.
 * Time          delivery days of prices are days of Brussels in all zones, also where the clock is another. We take the same
 *               days for all else: windows are UTC, so no value is cut off.
 * Not known     whether answers of the other auction ever have no sequence; delivery days of prices of IE_SEM.
 */
import type { Source } from '../../domain/dataset/facts.ts';
import type { SettingFault, Settings } from '../../domain/dataset/settings.ts';
import { chosenCodes, ZONES } from './zones.ts';

const TOKEN = 'ENTSOE_TOKEN';

export const entsoe: Source = {
  id: 'entsoe',
  title: 'ENTSO-E Transparency Platform',
  link: 'https://transparency.entsoe.eu/',
  timeZone: 'Europe/Brussels',
  baseUrl: { setting: 'ENTSOE_BASE_URL', default: 'https://web-api.tp.entsoe.eu' },
  quota: { requests: 340, windowMs: 60_000, reservedForLive: 60, banMs: 600_000 },
  credential: { setting: TOKEN, in: 'query', name: 'securityToken' },
  settings: {
    [TOKEN]: {
      meaning:
        'Security token of the ENTSO-E Transparency Platform (a free account has one: My Account, Web API Security Token). Without ' +
        'it, nothing of `entsoe` is requested; never stored, shown or logged',
      form: { pattern: /^[!-~]+$/, hint: 'write the token as it is, without spaces' },
      secret: true,
    },
    ENTSOE_ZONES: {
      meaning:
        'Bidding zones that are requested of `entsoe`, by code, with commas between: `DE_LU,FR,NL`; all of them when left out. Flows ' +
        'are those of all borders of these zones',
      form: {
        pattern: /^\s*[A-Z0-9_]+(\s*,\s*[A-Z0-9_]+)*\s*$/,
        hint: 'write codes of zones with commas between, such as DE_LU,FR,NL',
      },
    },
  },
  whenSimulated: { ENTSOE_ZONES: 'DE_LU,FR,NL' },
  settingFaults,
};

/** Codes in the setting that are not zones. */
function settingFaults({ ENTSOE_ZONES }: Settings): SettingFault[] {
  const known = ZONES.map(({ code }) => code);
  const wrong = chosenCodes(ENTSOE_ZONES).filter((code) => !known.includes(code));
  if (wrong.length === 0) return [];
  const hint = `it has ${wrong.join(', ')}, which is no zone; write some of ${known.join(', ')}`;
  return [{ setting: 'ENTSOE_ZONES', hint }];
}
