/** Registers every route. One file per resource, in the order of the reference. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { aggregatedRoutes } from './aggregated.ts';
import { auditRoutes } from './audit.ts';
import { oneBackfillRoutes } from './backfill.ts';
import { backfillRoutes } from './backfills.ts';
import { changeRoutes } from './changes.ts';
import { coverageRoutes } from './coverage.ts';
import { dataRoutes } from './data.ts';
import { datasetRoutes } from './datasets.ts';
import { dayRoutes } from './day.ts';
import { daysRoutes } from './days.ts';
import { decisionRoutes } from './decisions.ts';
import { enablingRoutes } from './enabling.ts';
import { eventRoutes } from './events.ts';
import { explainRoutes } from './explain.ts';
import { fileRoutes } from './files.ts';
import { findingRoutes } from './findings.ts';
import { healthRoutes } from './health.ts';
import { keyRoutes } from './keys.ts';
import { locationRoutes } from './locations.ts';
import { meRoutes } from './me.ts';
import { metricsRoutes } from './metrics.ts';
import { notificationRoutes } from './notifications.ts';
import { pageRoutes } from './page.ts';
import { payloadRoutes } from './payloads.ts';
import { pinRoutes } from './pins.ts';
import { plainRoutes } from './plain.ts';
import { pollingRoutes } from './polling.ts';
import { readerRoutes } from './readers.ts';
import { receiverRoutes } from './receivers.ts';
import { recentDaysRoutes } from './recent-days.ts';
import { rerunRoutes } from './reruns.ts';
import { seriesRoutes } from './series.ts';
import { signOnRoutes } from './sign-on.ts';
import { statisticsRoutes } from './statistics.ts';
import { versionRoutes } from './versions.ts';

export const ROUTES: readonly ((api: Api, deps: ApiDependencies) => void)[] = [
  signOnRoutes,
  datasetRoutes,
  seriesRoutes,
  daysRoutes,
  recentDaysRoutes,
  dayRoutes,
  coverageRoutes,
  fileRoutes,
  statisticsRoutes,
  readerRoutes,
  dataRoutes,
  aggregatedRoutes,
  pinRoutes,
  plainRoutes,
  locationRoutes,
  backfillRoutes,
  oneBackfillRoutes,
  rerunRoutes,
  decisionRoutes,
  pollingRoutes,
  enablingRoutes,
  eventRoutes,
  versionRoutes,
  explainRoutes,
  changeRoutes,
  findingRoutes,
  payloadRoutes,
  notificationRoutes,
  receiverRoutes,
  meRoutes,
  auditRoutes,
  keyRoutes,
  healthRoutes,
  metricsRoutes,
  pageRoutes,
];
