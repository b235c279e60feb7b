/** Is what can be read in two ways settled by the whole file, or asked about, and never guessed? */
import { describe, expect, test } from 'vitest';
import type { FileForm } from '../../../../domain/files/file-form.ts';
import { validRange } from '../../../../domain/interpret/checks.ts';
import { FormFinder } from '../../../../domain/lines/form-finder.ts';
import { Failure } from '../../../../domain/workflow/failures.ts';
import { outcomesOf, sampleFileDataset } from '../../../support/reading.ts';

/** A dataset whose values may be large: its range settles nothing. */
const dataset = sampleFileDataset({ unit: 'MW', checks: [validRange(-1e6, 1e6, 'MW')] });
const HOUR = '2024-01-03 00:00';

/** The form of a file that comes in pieces. */
function find(file: string | Uint8Array, stated: Partial<FileForm> = {}, of = dataset, piece = 10_007) {
  const finder = new FormFinder(of, stated);
  const bytes = Buffer.from(file as Uint8Array);
  for (let at = 0; at < bytes.length; at += piece) finder.add(bytes.subarray(at, at + piece));
  return finder.end();
}

/** So many lines of a value that says nothing of its form: more than the first 64 KB. */
function longFile(value: string, time = (n: number) => `${HOUR}:${String(n % 60).padStart(2, '0')}`): string {
  return Array.from({ length: 4_000 }, (_, n) => `${time(n)};${value}\n`).join('');
}

describe('the decimal sign', () => {
  test.each([
    ['a comma that shows late', '49,99', ',', undefined],
    ['a point that shows late', '49.99', '.', undefined],
    ['points between thousands', '1.234,5', ',', '.'],
    ['commas between thousands', '1,234,567', '.', ','],
    ['a comma behind parted thousands', "1'234,567", ',', undefined],
    ['a comma in quotes', '"49,99"', ',', undefined],
    ['four digits before it', '1234,567', ',', undefined],
    ['none at all', '50', '.', undefined],
  ])('%s', (_, value, decimal, thousands) => {
    const { form, decimalBy } = find(`${longFile('50')}${HOUR}:00;${value}\n${longFile('51')}`);
    expect([form.decimal, form.thousands]).toEqual([decimal, thousands]);
    if (value !== '50') expect(decimalBy).toEqual({ line: 4_001, text: value.replaceAll('"', '') });
  });

  test('on the last line, without an end', () => {
    expect(find(`${longFile('50')}${HOUR}:00;49,99`).form.decimal).toBe(',');
  });

  test('what can be decimals or thousands is asked about, wherever it stands', () => {
    for (const file of [`${longFile('50')}${HOUR}:00;1.234\n`, longFile('1,234'), `${HOUR}:00;1.234\n`])
      expect(() => find(file)).toThrow('--decimal, with --thousands');
  });

  test('one other value settles it', () => {
    const doubtful = longFile('12.345');
    expect(find(`${doubtful}${HOUR}:00;0.5\n`).form).toMatchObject({ decimal: '.' });
    expect(find(`${doubtful}${HOUR}:00;1.234,5\n`).form).toMatchObject({ decimal: ',', thousands: '.' });
  });

  test('or the range of values that the dataset takes for possible', () => {
    const frequency = sampleFileDataset();
    expect(find(longFile('50.012'), {}, frequency).form).toMatchObject({ decimal: '.' });
    const flows = sampleFileDataset({ checks: [validRange(1_000, 90_000, 'MW')] });
    expect(find(longFile('50.012'), {}, flows).form).toMatchObject({ decimal: ',', thousands: '.' });
  });

  test('a file that contradicts itself is asked about, with the lines that do', () => {
    const file = `${longFile('50')}${HOUR}:00;49,99\n${HOUR}:01;49.98\n`;
    expect(() => find(file)).toThrow('("49.98" of line 4002, "49,99" of line 4001)');
    expect(find(file, { decimal: ',' }).form.decimal).toBe(',');
  });

  test('what is stated is not looked for', () => {
    const { form } = find(longFile('1.234'), { decimal: ',', thousands: '.' });
    expect(form).toMatchObject({ decimal: ',', thousands: '.' });
    expect(outcomesOf(`${HOUR}:00;1.234\n`, form)).toEqual(['2024-01-02T23:00:00Z frequency 1234']);
  });
});

describe('the order of day and month', () => {
  const days = (of: (n: number) => string) =>
    longFile('50', (n) => `${of(n)} ${String(n % 24).padStart(2, '0')}:00`);

  test.each([
    ['day first', '13/02/2024', 'day-first'],
    ['month first', '02/13/2024', 'month-first'],
    ['a weekday, in German', 'So. 04/02/2024', 'day-first'],
    ['a weekday, in French', 'dimanche 02/04/24', 'month-first'],
    ['a weekday, in Italian', 'dom 4/2/2024', 'day-first'],
    ['a weekday, in English', 'Sun 2/4/2024', 'month-first'],
  ])('by a late line with %s', (_, date, time) => {
    const file = `${days(() => '03/02/2024')}${date} 00:00;50\n`;
    const { form, timeBy } = find(file);
    expect(form.time).toBe(time);
    expect(timeBy.map(({ line }) => line)).toEqual([4_001]);
  });

  test('points mean that the day is first', () => {
    expect(find(days(() => '01.05.21')).form.time).toBe('day-first');
  });

  test('a year of two digits may stand first, too', () => {
    const file = days(() => '01-02-03');
    expect(() => find(file)).toThrow('--time-form iso-local or day-first or month-first');
    expect(find(`${file}31-02-03 00:00;50\n`).form.time).toBe('iso-local');
    expect(find(file, { time: 'day-first' }).form.time).toBe('day-first');
  });

  test('nothing tells: asked', () => {
    expect(() => find(days(() => '03/02/2024'))).toThrow('--time-form day-first or month-first');
    expect(() => find(days(() => '03/02/2024'))).toThrow(Failure);
  });

  test('both: asked, with the lines that contradict each other', () => {
    const file = `${days(() => '03/02/2024')}13/02/2024 00:00;50\n02/13/2024 00:00;50\n`;
    expect(() => find(file)).toThrow('of line 4002');
    expect(() => find(file)).toThrow('of line 4001');
  });

  test('both questions at once', () => {
    const file = `${days(() => '03/02/2024')}13/02/2024 00:00;49,99\n`;
    expect(find(file).form).toMatchObject({ decimal: ',', time: 'day-first' });
  });
});

test('wherever the pieces are cut', () => {
  const file = `Zeit;Wert\n${longFile('50', (n) => `03/02/24 00:00:${String(n % 60).padStart(2, '0')}`)}13/02/24 00:00:00;49,99\n`;
  const whole = find(file, {}, dataset, 1 << 20);
  expect(whole.form).toMatchObject({ time: 'day-first', decimal: ',' });
  for (const piece of [4_099, 65_536, 65_537, 70_001]) expect(find(file, {}, dataset, piece)).toEqual(whole);
});
