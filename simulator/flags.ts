// The command line of the simulator and the text of its --help, both from one table of flags.
import { parseArgs } from 'node:util';
import { CONTROL_HELP, CONTROL_PATH } from './control.ts';
import { KINDS } from './entsoe/kinds.ts';
import { OUTAGE_KINDS } from './entsoe/outages.ts';
import { settingsText } from './entsoe/settings.ts';
import { describeFaults } from './faults.ts';
import { InputError, integerBetween, type Reader } from './input.ts';
import { LONG_TABLES } from './long-tables.ts';
import { MONITORING } from './monitoring.ts';
import type { SimulatorOptions } from './server.ts';
import { OPTION_READERS } from './simulation-options.ts';
import { TABLES } from './tables.ts';

/** The command line, parsed. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly exitWithParent: boolean; readonly options: SimulatorOptions };

interface Flag {
  readonly means: string;
  /** Placeholder for the value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** The option that it sets; none for the flags of main.ts. */
  readonly option?: keyof SimulatorOptions;
  readonly read?: Reader<unknown>;
  readonly multiple?: true;
}

const DEFAULT_PORT = 8090;

/** Tables of the ENTSO-E platform: one for each area, or border. */
const KINDS_SHOWN = [...KINDS, ...OUTAGE_KINDS].map(({ name }) => ({ name: `entsoe/${name}_<area>` }));

const FLAGS: Readonly<Record<string, Flag>> = {
  port: valueFlag(
    'port',
    'N',
    `where to listen, 0 for any free port (default ${DEFAULT_PORT})`,
    integerBetween(0, 65_535),
  ),
  host: valueFlag('host', 'ADDRESS', 'the address to listen on (default 127.0.0.1)'),
  seed: valueFlag('seed', 'N', 'chooses all generated data (default 1)', OPTION_READERS.seed),
  now: valueFlag('now', 'ISO', 'where the clock starts (default: the real time)', OPTION_READERS.now),
  'clock-rate': valueFlag(
    'clockRate',
    'N',
    'simulated seconds per second (default 1)',
    OPTION_READERS.clockRate,
  ),
  'ahc-before': valueFlag(
    'ahcBefore',
    'absent|null',
    'the 18 keys of virtual hubs before 2026-06-11 (default absent)',
    OPTION_READERS.ahcBefore,
  ),
  'quota-requests': valueFlag(
    'quotaRequests',
    'N',
    'requests allowed in any window, 0 for no quota (default 100)',
    OPTION_READERS.quotaRequests,
  ),
  'quota-window-ms': valueFlag(
    'quotaWindowMs',
    'N',
    'the length of the window in milliseconds (default 60000)',
    OPTION_READERS.quotaWindowMs,
  ),
  'retry-after': { option: 'retryAfter', means: 'send Retry-After with the 429 of the quota' },
  'revision-share': valueFlag(
    'revisionShare',
    'X',
    'share of days republished by themselves, 0 to 1 (default 0.04)',
    OPTION_READERS.revisionShare,
  ),
  fault: {
    option: 'faults',
    value: 'SPEC',
    multiple: true,
    means: 'a fault from the start, as name or name:key=value,key=value; may be repeated',
  },
  entsoe: valueFlag(
    'entsoe',
    'JSON',
    'settings of the ENTSO-E part, as "POST entsoe" takes them',
    settingsText,
  ),
  recorded: valueFlag(
    'recorded',
    'DIR',
    'serve the recorded bodies of a folder: REGION_TABLE*.json, such as core_maxExchanges.json, and aNN_*.xml and aNN_*.zip of ENTSO-E',
  ),
  'exit-with-parent': { means: 'exit when stdin closes' },
  help: { means: 'print this' },
};

/** Reads the command line. Throws an InputError that names the flag. */
export function readFlags(argv: readonly string[]): Command {
  const values = parseFlags(argv);
  if (values.help) return { kind: 'help' };
  const set = Object.entries(FLAGS).flatMap(([flag, { option, read }]) => {
    const raw = values[flag];
    if (option === undefined || raw === undefined) return [];
    return [[option, read ? read(`--${flag}`, raw) : raw]];
  });
  const options: SimulatorOptions = { port: DEFAULT_PORT, ...Object.fromEntries(set) };
  return { kind: 'run', exitWithParent: values['exit-with-parent'] === true, options };
}

/** The text of --help: flags, faults and control calls. */
export function helpText(): string {
  const flags = Object.entries(FLAGS).map(([name, { value, means }]) => {
    const usage = `--${name}${value === undefined ? '' : ` ${value}`}`;
    return `  ${usage.padEnd(26)} ${means}`;
  });
  return [
    'Simulates the JAO Publication Tool API: GET /<region>/api/data/<table>?FromUtc=..&ToUtc=..',
    'and that of the ENTSO-E Transparency Platform: GET /api?securityToken=..&documentType=..&periodStart=..&periodEnd=..',
    `\nTables\n${[...TABLES, ...LONG_TABLES, { name: MONITORING }, ...KINDS_SHOWN].map(({ name }) => `  ${name}`).join('\n')}`,
    `\nFlags\n${flags.join('\n')}`,
    '\nFaults; each also takes table=REGION/TABLE (entsoe/A44 is that of all areas) and day=YYYY-MM-DD, and those of requests times=N and share=0..1',
    describeFaults(),
    `\nControl, in JSON, under ${CONTROL_PATH}`,
    ...CONTROL_HELP.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function valueFlag(
  option: keyof SimulatorOptions,
  value: string,
  means: string,
  read?: Reader<unknown>,
): Flag {
  return { option, value, means, ...(read && { read }) };
}

function parseFlags(argv: readonly string[]): Readonly<Record<string, unknown>> {
  const shapes = Object.entries(FLAGS).map(([name, { value, multiple = false }]) => {
    return [name, { type: value === undefined ? 'boolean' : 'string', multiple }] as const;
  });
  try {
    const options = Object.fromEntries(shapes);
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new InputError('flags', error instanceof Error ? error.message : String(error));
  }
}
