/** The check of catalogues in `tidemark doctor`: workers, API servers and the command should know the same datasets. */
import { type NotedProcess, runningProcesses } from '../db/queries/operation/processes.ts';
import { nameWithVersion } from '../domain/dataset/dataset.ts';
import type { CliContext } from './context.ts';

/** @throws Error that names each process whose catalogue differs from that of the command, with the hint */
export async function assertOneCatalogue(context: CliContext): Promise<void> {
  const ours = context.catalog.all.map(nameWithVersion);
  const faults = (await runningProcesses(context.database())).flatMap((process) => faultsOf(process, ours));
  if (faults.length > 0) throw new Error(faults.join('; '));
}

function faultsOf({ kind, host, pid, datasets: theirs }: NotedProcess, ours: readonly string[]): string[] {
  const who = `${kind} ${pid} on ${host}`;
  const [theirIds, ourIds] = [theirs.map(idOf), ours.map(idOf)];
  const unknown = ourIds.filter((id) => !theirIds.includes(id));
  const more = theirIds.filter((id) => !ourIds.includes(id));
  const others = theirs.filter((name) => ourIds.includes(idOf(name)) && !ours.includes(name)).map(idOf);
  return [
    ...(unknown.length > 0
      ? [
          `${who} does not know ${unknown.join(', ')}; set TIDEMARK_DATASETS there as here, and start it again`,
        ]
      : []),
    ...(more.length > 0
      ? [`${who} knows ${more.join(', ')}, which this command does not; set TIDEMARK_DATASETS here as there`]
      : []),
    ...(others.length > 0
      ? [`${who} has another decoder of ${others.join(', ')}; start it again with the files that are here`]
      : []),
  ];
}

function idOf(name: string): string {
  return name.replace(/@\d+$/, '');
}
