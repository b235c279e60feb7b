/** The lines of a file that stands in for a source, by delivery day and part; only for requested parts. */
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { Settings } from '../../domain/dataset/settings.ts';
import type { PlacedLine, StandIn } from '../../domain/dataset/stand-in.ts';
import { type CivilDay, dayAt } from '../../domain/time/civil-day.ts';
import { eachLine } from './text-lines.ts';

export interface DayLines {
  readonly day: CivilDay;
  readonly header: string;
  /** In file order, by the part's own name. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
}

export class SortedLines {
  readonly #dataset: PulledPoints;
  readonly #standIn: StandIn;
  readonly #settings: Settings;
  readonly #path: string;
  readonly #partsOf = new Map<CivilDay, ReadonlySet<string>>();

  constructor(dataset: PulledPoints, standIn: StandIn, settings: Settings, path: string) {
    this.#dataset = dataset;
    this.#standIn = standIn;
    this.#settings = settings;
    this.#path = path;
  }

  /** Counts the lines of each day and hashes the bytes of the file. */
  async count(): Promise<{ readonly days: ReadonlyMap<CivilDay, number>; readonly sha256: Buffer }> {
    const days = new Map<CivilDay, number>();
    const { sha256 } = await this.#each((day) => days.set(day, (days.get(day) ?? 0) + 1));
    return { days, sha256 };
  }

  /** The lines of some days. */
  async read(wanted: readonly CivilDay[]): Promise<DayLines[]> {
    const days = new Map(wanted.map((day) => [day, new Map<string, string[]>()]));
    let header = '';
    await this.#each(
      (day, part, line) => {
        const parts = days.get(day);
        const lines = parts?.get(part);
        if (lines) lines.push(line);
        else parts?.set(part, [line]);
      },
      (first) => {
        header = first;
      },
    );
    return [...days].map(([day, parts]) => ({ day, header, parts }));
  }

  async #each(
    see: (day: CivilDay, part: string, line: string) => void,
    begin: (header: string) => void = () => undefined,
  ) {
    let placeOf: (line: string) => PlacedLine | undefined = () => undefined;
    return await eachLine(this.#path, (line, number) => {
      if (number === 1) {
        begin(line);
        placeOf = this.#standIn.sorter(line);
        return;
      }
      const placed = placeOf(line);
      if (!placed) return;
      const day = dayAt(placed.startsAtMs, this.#dataset.source.timeZone);
      if (day >= this.#dataset.firstDay && this.#isWanted(day, placed.part)) see(day, placed.part, line);
    });
  }

  #isWanted(day: CivilDay, part: string): boolean {
    const known = this.#partsOf.get(day);
    const parts = known ?? new Set(this.#dataset.pull.parts?.of(day, this.#settings) ?? []);
    if (!known) this.#partsOf.set(day, parts);
    return parts.has(part);
  }
}
