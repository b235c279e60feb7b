/** Is residual load what a person would compute, with hours beside quarters, and nothing where something is not known? */
import { expect, test } from 'vitest';
import type { DerivedPoints, InputPoints } from '../../../../domain/dataset/derive.ts';
import { deliveryInterval, intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { bundled } from '../../../support/bundled.ts';

const measured = bundled<DerivedPoints>('entsoe.residual-load');
const forecast = bundled<DerivedPoints>('entsoe.residual-load-forecast');

const DAY = '2026-10-25';
const QUARTER_MS = 900_000;
const { startMs, endMs } = deliveryInterval(forecast, DAY);

type Values = Readonly<
  Record<string, { readonly every: number; readonly values: (i: number) => number | undefined }>
>;
const quarters = (value: number) => ({ every: 1, values: () => value });
const hours = (value: number) => ({ every: 4, values: () => value });

function points(of: Values): InputPoints {
  return new Map(
    Object.entries(of).map(([series, { every, values }]) => {
      const stepMs = every * QUARTER_MS;
      const all = Array.from({ length: (endMs - startMs) / stepMs }, (_, i) => ({
        at: startMs + i * stepMs,
        value: values(i),
      }));
      const known = all.filter(({ value }) => value !== undefined);
      return [
        series,
        {
          stepMs,
          startsAtMs: Float64Array.from(known, ({ at }) => at),
          values: Float64Array.from(known, ({ value }) => value as number),
        },
      ];
    }),
  );
}

function computed(dataset: DerivedPoints, inputs: Readonly<Record<string, Values>>) {
  const unit = { day: DAY, starts: intervalStarts(dataset, DAY), endMs };
  const given = Object.fromEntries(Object.entries(inputs).map(([name, of]) => [name, points(of)]));
  const by = new Map<string, (number | null)[]>();
  for (const { series, value } of dataset.derive.compute({ ...unit, inputs: given }))
    by.set(series, [...(by.get(series) ?? []), value]);
  return by;
}

test('the forecast is load less wind and solar, hours beside quarters, on a day of 25 hours', () => {
  const by = computed(forecast, {
    load: { NL: quarters(12_000), FR: hours(50_000), CH: hours(7_000) },
    weather: {
      'NL.B16': hours(1_500),
      'NL.B18': quarters(2_000.5),
      'NL.B19': hours(3_000),
      'FR.B19': hours(10_000),
    },
  });
  expect([...by.keys()]).toEqual(['NL', 'FR']);
  expect(by.get('NL')).toEqual(Array(100).fill(5_499.5));
  expect(by.get('FR')).toEqual(Array(100).fill(40_000));
});

test('the error is what was measured less what was forecast; a type that is not measured yet is missing', () => {
  const inputs = {
    load: { NL: quarters(12_500) },
    generation: {
      'NL.B16': { every: 1, values: (i: number) => (i < 40 ? 1_000 : undefined) },
      'NL.B04': quarters(9_999),
    },
    weather: { 'NL.B16': hours(900) },
    forecast: { NL: quarters(11_100) },
  };
  const by = computed(measured, inputs);
  expect(by.get('NL')).toEqual(Array(40).fill(11_500));
  expect(by.get('NL.error')).toEqual(Array(40).fill(400));
  const unforeseen = computed(measured, { ...inputs, forecast: {} });
  expect([...unforeseen.keys()]).toEqual(['NL']);
  // Wind that was forecast and has not been measured at all leaves nothing known.
  const waiting = computed(measured, { ...inputs, weather: { ...inputs.weather, 'NL.B19': hours(5) } });
  expect([...waiting.keys()]).toEqual([]);
});
