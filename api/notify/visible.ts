/** Which receivers a caller may see and change: those that are told of no dataset hidden from the caller. */
import type { FastifyRequest } from 'fastify';
import { type Delivery, deliveries, listReceivers } from '../../db/queries/notify/receivers.ts';
import type { Receiver } from '../../domain/notify/receiver.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import { visibleIds } from '../limits/access.ts';

export type ShownReceiver = Receiver & Partial<Delivery>;

/** With how they do. */
export async function visibleReceivers(
  deps: ApiDependencies,
  request: FastifyRequest,
): Promise<ShownReceiver[]> {
  const visible = new Set(visibleIds(deps, request));
  const maySee = ({ datasets }: Receiver) =>
    datasets === null ? request.caller.datasets === null : datasets.every((id) => visible.has(id));
  const how = new Map((await deliveries(deps.database)).map((each) => [each.receiver, each]));
  return (await listReceivers(deps.database))
    .filter(maySee)
    .map((each) => ({ ...each, ...how.get(each.id) }));
}

/** @throws Problem 404, both where it does not exist and where the caller may not see it. */
export async function visibleReceiver(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
): Promise<ShownReceiver> {
  const found = (await visibleReceivers(deps, request)).find((each) => each.id === id);
  if (found) return found;
  throw new Problem(404, `no receiver "${id}"; GET /v1/notifications/receivers lists them`);
}
