/** Registers every route. One file per resource, in the order of the reference. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { auditRoutes, keyRoutes, meRoutes, readerRoutes } from './access.ts';
import { oneBackfillRoutes } from './backfill.ts';
import { backfillRoutes } from './backfills.ts';
import { changeRoutes } from './changes.ts';
import { coverageRoutes } from './coverage.ts';
import { aggregatedRoutes, dataRoutes, versionRoutes } from './data.ts';
import { datasetRoutes, seriesRoutes } from './datasets.ts';
import { dayRoutes } from './day.ts';
import { daysRoutes, recentDaysRoutes } from './days.ts';
import { eventRoutes } from './events.ts';
import { explainRoutes } from './explain.ts';
import { fileRoutes } from './files.ts';
import { decisionRoutes, findingRoutes } from './findings.ts';
import { healthRoutes, metricsRoutes } from './health.ts';
import { locationRoutes } from './locations.ts';
import { notificationRoutes } from './notifications.ts';
import { pageRoutes, signOnRoutes } from './page.ts';
import { payloadRoutes } from './payloads.ts';
import { pinRoutes } from './pins.ts';
import { plainRoutes } from './plain.ts';
import { enablingRoutes, pollingRoutes } from './polling.ts';
import { receiverRoutes } from './receivers.ts';
import { rerunRoutes } from './reruns.ts';
import { statisticsRoutes } from './statistics.ts';

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
