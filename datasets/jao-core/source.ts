/**
 * JAO Publication Tool, Core capacity calculation region.
 *
 * Where it is   https://publicationtool.jao.eu/core/ · handbook: /core/CORE_PublicationHandbook · try-it form: /core/api
 * Request       GET /core/api/data/<dataset>?FromUtc=<iso>&ToUtc=<iso>, no token. FromUtc inclusive, ToUtc EXCLUSIVE.
 *               Send `.000Z` times; other spellings have been refused. Never send an empty `Filter`: answers go wrong.
 * Envelope      {"data":[...],"rejected":false,"messages":null}. `rejected:true` is a refusal inside a 200 (or a 400).
 * Window        at most 48 h of elapsed UTC time, else 400 (once seen: silently cut to the last 48 h). So at most two
 *               delivery days a request: 46 to 48 h, and never two over the autumn change (49 h).
 * Quota         100 requests a minute, then 429. Nobody has shown a Retry-After; the window's kind is unknown, so we
 *               count the strictest: any 60 s.
 * Nothing yet   200 with "data":[]; a half-published window has the published rows only.
 * Revisions     the latest version only, no revision number, for Core no time of change: a correction shows only by
 *               reading again and comparing. `id` is not an identity: republished days get new ids.
 * Time          instants are UTC; the delivery day is the calendar day of Europe/Amsterdam (= Brussels, Paris).
 * Do not unify  Core and Nordic answers: Nordic rows carry `lastModifiedOn`, other zones and 15-minute rows.
 */
import type { Source } from '../../domain/dataset/facts.ts';

export const jaoCore: Source = {
  id: 'jao-core',
  title: 'JAO Publication Tool, Core region',
  link: 'https://publicationtool.jao.eu/core/',
  timeZone: 'Europe/Amsterdam',
  baseUrl: { setting: 'JAO_BASE_URL', default: 'https://publicationtool.jao.eu' },
  quota: { requests: 100, windowMs: 60_000, reservedForLive: 10 },
};
