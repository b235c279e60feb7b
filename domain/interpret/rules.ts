/**
 * The rules that need no dataset: those of the platform, and the codes that decoders share. Code, severity and sentence are here for the
 * docs; the checks of a dataset carry their own sentence (domain/interpret/checks.ts).
 */
import type { Severity } from './finding.ts';

export interface Rule {
  readonly severity: Severity;
  /** What the rule guards against and what happens to the points, in a trader's terms. */
  readonly summary: string;
}

/** Applied by the platform to every payload of every dataset. */
export const PLATFORM_RULES: Readonly<Record<string, Rule>> = {
  off_grid: {
    severity: 'block',
    summary:
      'Rows start between the intervals of the day, so the resolution is not what we believe; the whole response is rejected.',
  },
  outside_day: { severity: 'info', summary: 'Rows lie outside the delivery day; they are ignored.' },
  duplicate: { severity: 'info', summary: 'Points came twice with equal values; one of each is written.' },
  conflicting_duplicate: {
    severity: 'block',
    summary: 'A point came several times with different values; it is quarantined.',
  },
  new_series: {
    severity: 'info',
    summary: 'Series appeared for the first time; they are accepted and catalogued.',
  },
  unreadable_key: {
    severity: 'block',
    summary: 'A record has no key that can be kept (1 to 200 printable characters); it is quarantined.',
  },
  unreadable_version: {
    severity: 'block',
    summary: 'The version of a record is no whole number from 0 on; the record is quarantined.',
  },
  conflicting_version: {
    severity: 'warn',
    summary:
      'A version of a record came again with other content under the same number; the one that came first is kept.',
  },
  late: {
    severity: 'warn',
    summary: 'The deadline has passed and nothing is published; raised once, resolved when something is.',
  },
  waits_for_input: {
    severity: 'info',
    summary:
      'An input of a derived dataset has nothing of the day yet; the day waits for it, and is computed when it comes.',
  },
  not_computed: {
    severity: 'warn',
    summary:
      'Series of a whole day of a derived dataset do not follow from what its inputs have; they are named, and the day is partial.',
  },
  vanished: {
    severity: 'warn',
    summary: 'Points that were there before are not in the answer; they are kept as they were.',
  },
};

/** Rules for bytes that decoders cannot read. A dataset uses those that its format can break. */
export const DECODER_RULES: Readonly<Record<string, Rule>> = {
  not_utf8: { severity: 'block', summary: 'The answer is not UTF-8 text; it is refused.' },
  not_xml: {
    severity: 'block',
    summary: 'The answer is not XML, often a page of HTML; it is refused.',
  },
  not_zip: {
    severity: 'block',
    summary: 'The answer is a zip that cannot be unpacked, or unpacks to far too much; it is refused.',
  },
  not_json: { severity: 'block', summary: 'The answer is not JSON, often a page of HTML; it is refused.' },
  rejected: {
    severity: 'block',
    summary: 'The source rejected the request inside its answer; the answer is refused.',
  },
  wrong_product: {
    severity: 'block',
    summary: 'The answer is of another product, area or auction than was requested; it is refused.',
  },
  shape: { severity: 'block', summary: 'The answer is not built as the source promises; it is refused.' },
  unreadable_time: {
    severity: 'block',
    summary: 'A row has no readable instant; its points are quarantined.',
  },
  unreadable_series: {
    severity: 'block',
    summary: 'A row names no series; its point is quarantined.',
  },
  unreadable_value: { severity: 'block', summary: 'A value is not a number; the point is quarantined.' },
  unreadable_event: {
    severity: 'block',
    summary: 'A line is not an event that can be read; it is quarantined with its raw text.',
  },
  unreadable_outage: {
    severity: 'block',
    summary: 'A document of an outage has no id, no time or no TimeSeries; it is quarantined.',
  },
  unknown_type: {
    severity: 'block',
    summary:
      'No schema knows the type of an event; it is quarantined, and written by a rebuild once a schema does.',
  },
  unknown_column: {
    severity: 'warn',
    summary: 'Columns are neither values nor bookkeeping; they are ignored.',
  },
  no_holidays: {
    severity: 'block',
    summary:
      'An area has no holiday in a year, which no area has: the answer is refused, so that nothing looks withdrawn.',
  },
  fallback_area: {
    severity: 'info',
    summary: 'The source does not know a subdivision; what that lies in stands for it.',
  },
  unknown_area: {
    severity: 'warn',
    summary: 'The source does not know a country; nothing is known of its holidays.',
  },
};

/** Findings about lines of files, in the order in which a day lists them. */
export const FILE_RULES = {
  unreadable_line: {
    severity: 'block',
    summary:
      'A line cannot be taken apart: too few or too many columns, an open quote, no end; it is refused.',
  },
  unreadable_time: {
    severity: 'block',
    summary: 'A line has no readable instant, or one that the zone skips; it is refused.',
  },
  unreadable_series: { severity: 'block', summary: 'A line names no series; it is refused.' },
  unreadable_value: { severity: 'block', summary: 'A value is not a number; the point is quarantined.' },
  out_of_order: {
    severity: 'block',
    summary: 'A line stands among those of days that are not its own; it is refused.',
  },
  conflicting_duplicate: {
    severity: 'block',
    summary: 'A point came several times with different values; it is quarantined.',
  },
  off_grid: {
    severity: 'block',
    summary: 'A point starts between the intervals of its series on that day; it is quarantined.',
  },
  missing_intervals: {
    severity: 'warn',
    summary: 'Intervals between those of a series, or of its day, have no point.',
  },
  unordered: {
    severity: 'info',
    summary: 'Lines of a day do not stand in order of time; they were put in order.',
  },
  duplicate: { severity: 'info', summary: 'Points came twice with equal values; one of each is written.' },
} as const satisfies Readonly<Record<string, Rule>>;

export type FileRule = keyof typeof FILE_RULES;
