/** Files of grid frequency as people have them. */

/** How a line is written; instants are UTC. */
interface Form {
  readonly header: string;
  time(at: Date): string;
  value(hertz: number): string;
}

const WEEKDAYS = ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'];
const two = (number: number) => String(number).padStart(2, '0');

const FORMS = {
  /** `2021-05-01 00:00:00;50` */
  iso: {
    header: 'time;frequency',
    time: (at) => at.toISOString().slice(0, 19).replace('T', ' '),
    value: String,
  },
  /** Swissgrid's own export: `Sa. 01.05.21 00:00:00;50` */
  swissgrid: {
    header: 'Datum Zeit;A:f_soll_aktiv [Hz]',
    time: (at) =>
      `${WEEKDAYS[at.getUTCDay()]}. ${two(at.getUTCDate())}.${two(at.getUTCMonth() + 1)}.${two(at.getUTCFullYear() % 100)} ` +
      at.toISOString().slice(11, 19),
    value: (hertz) => String(hertz).replace('.', ','),
  },
} as const satisfies Record<string, Form>;

/** The form that files have here: the one place where it is chosen. */
const FORM: Form = FORMS.iso;

/** A header, then a line each `stepSeconds` from an instant on. */
export function frequencyFile(
  from: string,
  stepSeconds: number,
  lines: number,
  hertzAt: (at: string) => number,
): string {
  const startMs = Date.parse(from);
  const rows = Array.from({ length: lines }, (_, n) => {
    const at = new Date(startMs + n * stepSeconds * 1_000);
    return `${FORM.time(at)};${FORM.value(hertzAt(stampOf(at)))}\n`;
  });
  return `${FORM.header}\n${rows.join('')}`;
}

/** `2021-05-02T10:00:00Z` */
export function stampOf(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}
