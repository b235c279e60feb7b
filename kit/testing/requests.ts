/** Is each day requested exactly, the same way each time, within what the source allows? */
import assert from 'node:assert/strict';
import { baseUrlsOf } from '../../config/sources.ts';
import { answerToDays, batchesOf, usableDays, windowOf } from '../../domain/days/batches.ts';
import { interpret } from '../../domain/interpret/interpret.ts';
import { addDays } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import {
  answerFor,
  type ContractCase,
  DAY,
  type PulledSubject,
  requestOptionsOf,
  specialDays,
} from './case.ts';
import { minutesOf } from './days.ts';

const HOUR_MS = 3_600_000;

export function requestCases(subject: PulledSubject): ContractCase[] {
  const { dataset, example } = subject;
  return [
    ...specialDays(dataset).map((day) => ({
      name: `${day} is requested exactly, within what the source allows`,
      run: () => assertExact(subject, day),
    })),
    {
      name: 'the request is the same each time, has no empty field, and limits itself',
      run: () => assertRequest(subject),
    },
    ...(example
      ? [
          {
            name: 'a batch of days is requested by their window, within what the source allows and the request carries',
            run: () => assertBatch(subject, example),
          },
        ]
      : []),
    {
      name: 'the request stays at the base URL, which a setting can move',
      run: () => assertBaseUrl(subject),
    },
  ];
}

function requestOf({ dataset }: PulledSubject, day: string) {
  return dataset.pull.request(deliveryInterval(dataset, day), requestOptionsOf(dataset, day));
}

function assertExact(subject: PulledSubject, day: string): void {
  const { dataset, example } = subject;
  const { startMs, endMs } = deliveryInterval(dataset, day);
  assert.equal(endMs - startMs, minutesOf(day, dataset.source.timeZone) * 60_000);
  assert.equal(deliveryInterval(dataset, addDays(day, 1)).startMs, endMs);
  const [one, next] = [requestOf(subject, day), requestOf(subject, addDays(day, 1))];
  assert.notDeepEqual(one, next, 'two days are requested alike: the request has to say which day it is for');
  const widest = example?.widestHours ?? 25;
  assert.ok(
    (endMs - startMs) / HOUR_MS <= widest,
    `${day} has more hours than the source answers (${widest})`,
  );
  if (!example?.windowOf) return;
  // The next day begins where this one ends: nothing is requested twice, nothing left out.
  assert.deepEqual(example.windowOf(one), { startMs, endMs });
  assert.equal(example.windowOf(next).startMs, endMs);
}

function assertRequest(subject: PulledSubject): void {
  const request = requestOf(subject, DAY);
  assert.deepEqual(requestOf(subject, DAY), request);
  for (const [name, value] of Object.entries(request.query))
    assert.notEqual(value, '', `query "${name}" is empty`);
  assert.match(request.accept, /^[\w*]+\/[\w*+.-]+/, `accept is "${request.accept}"`);
  assert.ok(request.timeoutMs >= 1_000, `timeoutMs is ${request.timeoutMs}, less than a second`);
  const size = subject.example?.answer(deliveryInterval(subject.dataset, DAY)).length ?? 0;
  assert.ok(request.maxBytes > size * 4, `maxBytes is ${request.maxBytes}, and a good answer has ${size}`);
}

function assertBatch({ dataset }: PulledSubject, example: NonNullable<PulledSubject['example']>): void {
  const [days = []] = batchesOf(dataset, ['2026-11-18', '2026-11-19', DAY]);
  const window = windowOf(dataset, days);
  const request = dataset.pull.request(window, requestOptionsOf(dataset, DAY));
  assert.deepEqual(dataset.pull.request(window, requestOptionsOf(dataset, DAY)), request);
  if (example.windowOf) assert.deepEqual(example.windowOf(request), window);
  assert.ok(
    (dataset.pull.batch?.maxHours ?? 24) <= (example.widestHours ?? 48),
    'pull.batch.maxHours is more than the source answers',
  );
  const answer = example.answer(window);
  assert.ok(
    request.maxBytes > answer.length * 4,
    `maxBytes is ${request.maxBytes}, and a good answer has ${answer.length}`,
  );
  const about = answerToDays(dataset, days, { part: requestOptionsOf(dataset, DAY).part });
  assert.deepEqual(usableDays(dataset, days, answer, about), { days, reason: null });
  for (const day of days) {
    const alone = interpret(
      dataset,
      day,
      example.answer(deliveryInterval(dataset, day)),
      undefined,
      answerFor(dataset, day),
    );
    const { canonical, findings } = interpret(dataset, day, answer, undefined, { ...about, unit: day });
    assert.equal(canonical, alone.canonical, `${day} says something else in the answer for several days`);
    assert.deepEqual(findings, alone.findings);
  }
}

function assertBaseUrl(subject: PulledSubject): void {
  const { source } = subject.dataset;
  const baseOf = (given: Record<string, string>) => baseUrlsOf([source], given).get(source.id);
  const moved = baseOf({ [source.baseUrl.setting]: 'http://localhost:1/behind/' });
  assert.match(
    moved + requestOf(subject, DAY).path,
    /^http:\/\/localhost:1\/behind\/\w/,
    'path has to begin with one slash',
  );
  assert.equal(baseOf({}), source.baseUrl.default);
  assert.match(
    source.baseUrl.default,
    /^https:\/\/.*[^/]$/,
    'baseUrl.default is no https address without a slash at its end',
  );
}
