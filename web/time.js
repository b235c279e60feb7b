/** Days and instants as people read them. Days are civil dates of a dataset's zone, instants are UTC until shown. */
import { h } from './dom.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** @param {string} zone @param {Date} [at] @returns {string} the civil date there. */
export function dayIn(zone, at = new Date()) {
  const parts = format('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(at);
}

/** @param {string} day @param {number} count */
export function addDays(day, count) {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** @param {string} from @param {string} to @returns {number} days from one to the other. */
export function daysFrom(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** @param {string} day @returns {number} 0 is Monday. */
export function weekdayOf(day) {
  return (new Date(day).getUTCDay() + 6) % 7;
}

/** @param {string} day 'Friday 20 November 2026' */
export function longDay(day) {
  return format('en-GB', {
    ...{ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  })
    .format(new Date(day))
    .replace(',', '');
}

/** @param {string} day 'Fri 20 Nov', with the year when it is another one. */
export function shortDay(day) {
  const year = day.slice(0, 4) === String(new Date().getUTCFullYear()) ? {} : { year: 'numeric' };
  return format('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', ...year })
    .format(new Date(day))
    .replace(',', '');
}

/** @param {string} iso @param {string} zone @param {boolean} [seconds] '20 Nov 10:31' on the zone's clocks. */
export function clock(iso, zone, seconds = false) {
  const at = new Date(iso);
  const year = at.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: 'numeric' };
  const date = format('en-GB', { timeZone: zone, day: 'numeric', month: 'short', ...year }).format(at);
  return `${date} ${hours(at, zone, seconds)}`;
}

/** '10:31', or '02:15 CEST' in an hour that occurs twice. @param {Date} at @param {string} zone @param {boolean} seconds */
function hours(at, zone, seconds) {
  const name = occursTwice(at.getTime(), zone) ? { timeZoneName: 'short' } : {};
  const second = seconds ? { second: '2-digit' } : {};
  return format('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...second, ...name },
  }).format(at);
}

/** Whether the clocks show this time at another instant too, because they are put back. @param {number} ms @param {string} zone */
function occursTwice(ms, zone) {
  const offset = offsetMs(ms, zone);
  return [-1, 1].some((sign) => {
    const back = offset - offsetMs(ms + sign * 3 * HOUR_MS, zone);
    return back * sign > 0 && offsetMs(ms + back, zone) === offset - back;
  });
}

/** An interval on the zone's clocks: '20 Nov 02:00 to 03:00', with seconds where it has them. @param {number} fromMs @param {number} toMs @param {string} zone */
export function clockSpan(fromMs, toMs, zone) {
  const seconds = fromMs % MINUTE_MS !== 0 || toMs % MINUTE_MS !== 0;
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const isOneDay = dayIn(zone, from) === dayIn(zone, to);
  const end = isOneDay ? hours(to, zone, seconds) : clock(to.toISOString(), zone, seconds);
  return `${clock(from.toISOString(), zone, seconds)} to ${end}`;
}

/** A text in which instants of UTC are shown on the zone's clocks. @param {string | null} text @param {string} zone @returns {(string | HTMLElement)[]} */
export function inZone(text, zone) {
  return (text ?? '').split(INSTANTS).map((part, n) => (n % 2 === 1 ? time(part, zone) : part));
}

const INSTANTS = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)/;

/** A time on the zone's clocks with UTC in its title. @param {string | null | undefined} iso @param {string} zone */
export function time(iso, zone, seconds = false) {
  if (!iso) return h('span', { class: 'none' }, 'never');
  return h('time', { datetime: iso, title: `${iso} (UTC)` }, clock(iso, zone, seconds));
}

/** @param {string | null | undefined} iso 'how long ago', with UTC in its title. */
export function ago(iso) {
  if (!iso) return h('span', { class: 'none' }, 'never');
  const attributes = { datetime: iso, title: `${iso} (UTC)`, 'data-ago': true };
  return h('time', attributes, agoText(Date.now() - Date.parse(iso)));
}

/** Updates all "how long ago" texts. @param {HTMLElement} place */
export function tellAgo(place) {
  for (const each of /** @type {NodeListOf<HTMLTimeElement>} */ (place.querySelectorAll('time[data-ago]')))
    each.textContent = agoText(Date.now() - Date.parse(each.dateTime));
}

/** The reader's own time, with its zone: '12:31:05 GMT+1'. */
export function clockNow() {
  return format('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format();
}

/** @param {number} ms */
function agoText(ms) {
  const steps = /** @type {const} */ ([
    [60_000, 1000, 'second'],
    [3_600_000, 60_000, 'minute'],
    [2 * DAY_MS, 3_600_000, 'hour'],
    [Number.POSITIVE_INFINITY, DAY_MS, 'day'],
  ]);
  if (ms < 5000) return 'just now';
  const [, unit, name] = steps.find(([limit]) => ms < limit) ?? steps[3];
  const count = Math.floor(ms / unit);
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
}

/** The instant of a wall-clock time. @param {string} local as of <input type=datetime-local>. @param {string} zone */
export function instantOf(local, zone) {
  let at = Date.parse(`${local}Z`);
  // Twice: the offset found first may be that of the other side of a clock change.
  for (let n = 0; n < 2; n++) at = Date.parse(`${local}Z`) - offsetMs(at, zone);
  return new Date(at).toISOString();
}

/**
 * The instants of a range as the API reads it: a day as `from` begins it, as `to` ends with it; an instant is itself.
 * @param {{ from: string, to: string }} range @param {string} zone @returns {{ fromMs: number, toMs: number }}
 */
export function boundsOf({ from, to }, zone) {
  const bound = (/** @type {string} */ text, /** @type {number} */ days) =>
    Date.parse(DAY.test(text) ? instantOf(`${addDays(text, days)}T00:00`, zone) : text);
  return { fromMs: bound(from, 0), toMs: bound(to, 1) };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @param {string} iso @param {string} zone as <input type=datetime-local> wants it. */
export function localOf(iso, zone) {
  const at = Date.parse(iso);
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16);
}

/** @param {number} at @param {string} zone */
function offsetMs(at, zone) {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' };
  const parts = format('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    second: '2-digit',
    ...fields,
  }).formatToParts(at);
  const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value;
  const wall = `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`;
  return Date.parse(wall) - Math.floor(at / 1000) * 1000;
}

/** @type {Map<string, Intl.DateTimeFormat>} making one takes longer than using it a thousand times. */
const formats = new Map();

/** @param {string} locale @param {any} options */
function format(locale, options) {
  const key = locale + JSON.stringify(options);
  const found = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, found);
  return found;
}
