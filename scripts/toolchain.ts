/** The programs of Temporal and PostgreSQL that integration tests run on. */
import { join } from 'node:path';
import { ROOT } from '../config/installation.ts';
import { ensurePostgres, type PostgresInstallation } from './start/postgres/postgres-installation.ts';
import { type Place, placeForState } from './start/state-folder.ts';
import { ensureTemporal, type TemporalBinary } from './start/temporal/temporal-binary.ts';

const report = (line: string) => console.log(`· ${line}`);

export interface Toolchain {
  readonly place: Place;
  readonly temporalBinary: TemporalBinary;
  readonly installation: PostgresInstallation;
}

/** Finds them, or prepares them in the state folder. Several processes at once prepare them once. */
export async function ensureToolchain(): Promise<Toolchain> {
  const place = await placeForState(ROOT, { report });
  const [temporalBinary, installation] = await Promise.all([
    ensureTemporal({ toolchainDir: join(place.stateDir, 'toolchain'), report }),
    ensurePostgres({ ...place, report }),
  ]);
  return { place, temporalBinary, installation };
}
