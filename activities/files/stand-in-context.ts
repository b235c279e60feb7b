/** What the code that finds and downloads stand-in files may use: requests to their host, within its quota. */
import { Context } from '@temporalio/activity';
import type { Source, SourceFacts } from '../../domain/dataset/facts.ts';
import type { StandIn, StandInContext } from '../../domain/dataset/stand-in.ts';
import type { Dependencies } from '../dependencies.ts';
import { requestWithinQuota } from '../ingest/request-within-quota.ts';
import { requestSource } from '../ingest/source-client.ts';
import { settingsOf } from '../ingest/source-settings.ts';

/** Where the files are. */
export function baseUrlOf(
  deps: Pick<Dependencies, 'sourceSettings'>,
  source: SourceFacts,
  { host: { baseUrl } }: StandIn,
): string {
  return settingsOf(deps, source)[baseUrl.setting] ?? baseUrl.default;
}

export function standInContext(deps: Dependencies, source: SourceFacts, standIn: StandIn): StandInContext {
  const host: Source = { ...standIn.host, link: source.link, timeZone: source.timeZone };
  const baseUrls = new Map([[host.id, baseUrlOf(deps, source, standIn)]]);
  return {
    settings: settingsOf(deps, source),
    nowMs: deps.clock.now().getTime(),
    ask: async (request, credentials) =>
      await requestWithinQuota({ ...deps, baseUrls }, host, { request, live: true, credentials }),
    askElsewhere: async (url, request) =>
      await requestSource(url, request, { cancelled: Context.current().cancellationSignal }),
  };
}
