/** What `npm start` says when everything runs: where to look and what to type. */

export interface Running {
  readonly simulated: boolean;
  /** Of the page and the API, without trailing slash. */
  readonly apiUrl: string;
  readonly uiUrl: string | undefined;
  readonly readerUrl: string | undefined;
  readonly dataset: string;
  /** The dataset's relation for readers: `jao_core.max_exchanges`. */
  readonly relation: string;
  /** The last delivery day loaded. */
  readonly day: string;
  readonly tickMinutes: number;
}

export function welcome(running: Running): string {
  const { simulated, apiUrl, uiUrl, readerUrl, dataset, relation, day, tickMinutes } = running;
  const lines = [
    '',
    ...(simulated ? ['SIMULATED DATA: made by the bundled simulator, not by the publisher.', ''] : []),
    `Page         ${apiUrl}   (API: ${apiUrl}/docs; open for reading from this machine)`,
    `Polling      every ${tickMinutes} minutes a look at what is due (schedule poll:${dataset})`,
    ...(uiUrl ? [`Temporal     ${uiUrl}/namespaces/default/workflows`] : []),
    ...(readerUrl ? [`Database     psql "${readerUrl}"`] : []),
    '',
    'Try in psql',
    `  select * from ${relation} where delivery_day = '${day}' and series = 'border_DE_FR' order by starts_at;`,
    `  select series, min(value), max(value) from ${relation} where delivery_day = '${day}' group by series;`,
    `  select * from ${relation}_as_of(now()) where delivery_day = '${day}' order by series, starts_at; -- or any past instant`,
    'Try in another terminal',
    `  npx tidemark status`,
    `  npx tidemark days ${dataset}`,
    `  npx tidemark explain ${dataset} --series border_DE_FR --at ${day}T10:00:00Z`,
    '',
    'Ctrl-C stops everything that was started here. The data stays; the next start resumes.',
  ];
  return lines.join('\n');
}
