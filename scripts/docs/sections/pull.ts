/** What the reference says about points that are requested for each delivery day. */
import { describeMoment } from '../../../domain/dataset/calendar-words.ts';
import { effectiveOn } from '../../../domain/dataset/facts.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import { deliveryInterval, expectedPoints } from '../../../domain/time/delivery-day.ts';
import { table } from '../markdown.ts';

export function pullSections(dataset: PulledPoints): string[] {
  return [
    '### Resolution and series',
    table(
      ['from delivery day', 'interval, minutes', 'series', 'points of a 24-hour day'],
      effective(dataset),
    ),
    'More series than that are accepted and then expected for their day.',
    `### Publication and polling (${dataset.source.timeZone})`,
    table(['moment', 'when'], publication(dataset)),
    `The schedule checks every ${dataset.pull.polling.tickMinutes} minutes what is due. A day is requested`,
    table(['while it is', 'period', 'every'], polling(dataset)),
    'and not at all once the last period is over.',
    '### Request',
    ...request(dataset),
  ];
}

/** One line for each day on which the resolution or the number of series changes. */
function effective(dataset: PulledPoints): (string | number)[][] {
  const starts = new Set([...dataset.resolution, ...dataset.expectedSeries].map(({ from }) => from));
  return [...starts].sort().map((from) => {
    const { minutes } = effectiveOn(dataset.resolution, from);
    const { count } = effectiveOn(dataset.expectedSeries, from);
    return [from, minutes, count, expectedPoints(dataset, from, 0)];
  });
}

function publication({ pull: { publication } }: PulledPoints): string[][] {
  const { opens, expected, deadline } = publication;
  return [
    ['not requested before', describeMoment(opens)],
    ['expected', describeMoment(expected)],
    ['an absent day is late from', describeMoment(deadline)],
  ];
}

function polling({ pull }: PulledPoints): string[][] {
  const { waiting, revisions } = pull.polling;
  return [
    ...waiting.map(({ from, everyMinutes }) => [
      'not complete',
      `from ${describeMoment(from)}`,
      `${everyMinutes} minutes`,
    ]),
    ...revisions.map(({ untilHours, everyMinutes }) => [
      'complete',
      `until ${untilHours} h after the expected publication`,
      `${everyMinutes} minutes`,
    ]),
  ];
}

/** An example request, for the first day with the latest number of series: that day always exists. */
function request(dataset: PulledPoints): string[] {
  const day = dataset.expectedSeries.at(-1)?.from ?? dataset.firstDay;
  const { pull } = dataset;
  const parts = pull.parts?.of(day, {}) ?? [];
  const [part = ''] = parts;
  const { path, query, accept, maxBytes, timeoutMs } = pull.request(deliveryInterval(dataset, day), {
    part,
    settings: {},
  });
  const { setting, default: baseUrl } = dataset.source.baseUrl;
  const text = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  const together = dataset.pull.batch
    ? `A backfill may request adjacent days together, in a window of at most ${dataset.pull.batch.maxHours} elapsed hours.`
    : 'Each day is requested alone.';
  return [
    parts.length === 0
      ? `One for a delivery day, for ${day}:`
      : `${parts.length} for a delivery day, one for each part; of ${day} for ${part}:`,
    `\`\`\`\nGET ${baseUrl}${path}?${text.join('&')}\n\`\`\``,
    `\`accept: ${accept}\`; at most ${maxBytes / 2 ** 20} MiB, ${timeoutMs / 1000} s. \`${setting}\` replaces the base URL.`,
    together,
  ];
}
