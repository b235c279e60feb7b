/** Weekdays as written before a date, in German, French, Italian and English, in full or abbreviated. */

/** 0 is Sunday. An abbreviation may mean several days: `di` is Dienstag, and dimanche. */
const NAMES: readonly (readonly string[])[] = [
  ['so', 'son', 'sonntag', 'di', 'dim', 'dimanche', 'do', 'dom', 'domenica', 'su', 'sun', 'sunday'],
  ['mo', 'mon', 'montag', 'lu', 'lun', 'lundi', 'lunedi', 'lunedì', 'monday'],
  ['di', 'die', 'dienstag', 'ma', 'mar', 'mardi', 'martedi', 'martedì', 'tu', 'tue', 'tues', 'tuesday'],
  ['mi', 'mit', 'mittwoch', 'me', 'mer', 'mercredi', 'mercoledi', 'mercoledì', 'we', 'wed', 'wednesday'],
  [
    ...['do', 'don', 'donnerstag', 'je', 'jeu', 'jeudi', 'gi', 'gio', 'giovedi', 'giovedì'],
    ...['th', 'thu', 'thur', 'thurs', 'thursday'],
  ],
  ['fr', 'fre', 'freitag', 've', 'ven', 'vendredi', 'venerdi', 'venerdì', 'fri', 'friday'],
  ['sa', 'sam', 'samstag', 'sonnabend', 'samedi', 'sab', 'sabato', 'sat', 'saturday'],
];

const WEEKDAYS = new Map<string, number[]>();
NAMES.forEach((names, day) => {
  for (const name of names) WEEKDAYS.set(name, [...(WEEKDAYS.get(name) ?? []), day]);
});

/** Which weekdays a word can name, 0 being Sunday; undefined when it names none. */
export function weekdaysOf(word: string): readonly number[] | undefined {
  return WEEKDAYS.get(word.toLowerCase().normalize('NFC').replace(/\.$/, ''));
}
