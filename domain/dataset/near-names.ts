/** Suggestions for a misspelt name. */

/** At most this many names are compared: a person waits for the answer. */
const MOST_COMPARED = 20_000;

/**
 * The known names that are nearest to a written one, nearest first; empty if none is near. Case is ignored.
 * @param most how many at most.
 */
export function nearNames(written: string, known: readonly string[], most = 3): string[] {
  const wanted = written.toLowerCase();
  const furthest = Math.max(2, Math.floor(wanted.length / 3));
  return known
    .slice(0, MOST_COMPARED)
    .filter((name) => Math.abs(name.length - wanted.length) <= furthest)
    .map((name) => ({ name, distance: distanceBetween(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Levenshtein distance: how many letters must be inserted, deleted or replaced. */
function distanceBetween(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (before[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((before[j] as number) + 1, (row[j - 1] as number) + 1, replaced));
    }
    before = row;
  }
  return before[b.length] as number;
}

/** What to write instead of a name that is not a series of a dataset. @param known all of its names. */
export function seriesCure(dataset: string, name: string, known: readonly string[]): string {
  const parts = name.split(',').map((part) => part.trim());
  if (known.length === 0) return `${dataset} has no series yet`;
  if (parts.length > 1 && parts.every((part) => known.includes(part)))
    return `these are several series; give "series" once for each: ${parts.join(' and ')}`;
  const near = nearNames(name, known);
  return `${dataset} has no such series${near.length > 0 ? `; near it: ${near.join(', ')}` : ''}`;
}
