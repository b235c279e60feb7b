/** What `npm start` prints when everything runs: where everything is and what to type. */

export interface Running {
  readonly simulated: boolean;
  /** Address of the page and the API, without trailing slash. */
  readonly apiUrl: string;
  readonly uiUrl: string | undefined;
  readonly readerUrl: string | undefined;
  /** Undefined where no data could be loaded. */
  readonly shown: ExampleOfData | undefined;
  /** How to enable more; undefined where everything is enabled. */
  readonly dormant: string | undefined;
}

/** What the examples are made of. */
export interface ExampleOfData {
  readonly dataset: string;
  /** The dataset's relation for readers: `jao_core.max_exchanges`. */
  readonly relation: string;
  /** The last delivery day loaded. */
  readonly day: string;
  readonly series: string;
  readonly tickMinutes: number;
}

export function welcome({ simulated, apiUrl, uiUrl, readerUrl, shown, dormant }: Running): string {
  const lines = [
    '',
    ...(simulated ? ['SIMULATED DATA: made by the bundled simulator, not by the publisher.', ''] : []),
    `Page         ${apiUrl}   (API: ${apiUrl}/docs; open for reading from this machine)`,
    ...(shown
      ? [
          `Polling      checks every ${shown.tickMinutes} minutes what is due (schedule poll:${shown.dataset})`,
        ]
      : []),
    ...(uiUrl ? [`Temporal     ${uiUrl}/namespaces/default/workflows`] : []),
    ...(readerUrl ? [`Database     psql "${readerUrl}"`] : []),
    ...(dormant ? [`Datasets     ${dormant}`] : []),
    ...(shown ? examples(shown) : []),
    '',
    'Ctrl-C stops everything that was started here. The data stays; the next start resumes.',
  ];
  return lines.join('\n');
}

function examples({ dataset, relation, day, series }: ExampleOfData): string[] {
  return [
    '',
    'Try in psql',
    `  select * from ${relation} where delivery_day = '${day}' and series = '${series}' order by starts_at;`,
    `  select series, min(value), max(value) from ${relation} where delivery_day = '${day}' group by series;`,
    `  select * from ${relation}_as_of(now()) where delivery_day = '${day}' order by series, starts_at; -- or any past instant`,
    'Try in another terminal',
    `  npx tidemark status`,
    `  npx tidemark days ${dataset}`,
    `  npx tidemark explain ${dataset} --series ${series} --at ${day}T10:00:00Z`,
  ];
}
