/** Of which units something was ever known of areas: a location that was added later has none until they are requested again. */
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Area } from '../../../domain/time/location.ts';
import type { Sql } from '../../connection/client.ts';
import { fieldOf, storageOf } from '../../migration/storage.ts';

/** Units of the ledger in a state. */
export interface UnitsOfAreas {
  readonly state: DayState;
  readonly units: number;
  /** Those in which something was known of every area. */
  readonly ofAll: number;
  /** Those in which something was known of one. */
  readonly ofSome: number;
}

/** @param at as known then; null: as known now */
export async function unitsOfAreas(
  sql: Sql,
  { id, location }: RecordDataset,
  { first, last }: { readonly first: CivilDay | null; readonly last: CivilDay | null },
  areas: readonly Area[],
  at: Date | null,
): Promise<UnitsOfAreas[]> {
  if (!location) throw new Error(`records of ${id} are about no area`);
  const { country: ofCountry, subdivision: ofPart } = location;
  const codes = new Map(areas.map((area) => [`${area.country}-${area.subdivision}`, area]));
  const wanted = [...codes.values()];
  const { rows } = await sql.query<UnitsOfAreas>(
    `with known as (
       select v.delivery_day as day, count(distinct a.place) as areas
       from unnest($4::text[], $5::text[]) with ordinality as a(country, subdivision, place)
       join ${storageOf(id).versions} v on v.${fieldOf(ofCountry)} = a.country
         and v.${fieldOf(ofPart)} is not distinct from a.subdivision
       where ($2::date is null or v.delivery_day >= $2) and ($3::date is null or v.delivery_day <= $3)
         and ($6::timestamptz is null or v.known_from <= $6)
       group by 1
     )
     select l.state, count(*)::int as units, (count(*) filter (where k.areas = $7))::int as "ofAll", count(k.areas)::int as "ofSome"
     from catalog.delivery_day l left join known k using (day)
     where l.dataset = $1 and ($2::date is null or l.day >= $2) and ($3::date is null or l.day <= $3)
     group by 1`,
    [
      ...[id, first, last],
      wanted.map(({ country }) => country),
      wanted.map(({ subdivision }) => subdivision),
      ...[at, wanted.length],
    ],
  );
  return rows;
}
