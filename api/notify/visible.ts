/** Which subscriptions a caller may see and change: those that cover no dataset hidden from the caller. */
import type { FastifyRequest } from 'fastify';
import { type Delivery, deliveries } from '../../db/queries/notify/messages.ts';
import { listSubscriptions } from '../../db/queries/notify/subscriptions.ts';
import type { Subscription } from '../../domain/notify/subscription.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import { visibleIds } from '../limits/access.ts';

export type Shown = Subscription & Omit<Delivery, 'subscription'>;

const NOTHING = { pending: 0, dead: 0, waitingSince: null, sentAt: null, error: null };

/** The subscriptions that the caller may see, with their delivery state. */
export async function visibleSubscriptions(deps: ApiDependencies, request: FastifyRequest): Promise<Shown[]> {
  const all = await ofCaller(deps, request);
  const how = new Map(
    (await deliveries(deps.database)).map(({ subscription, ...each }) => [subscription, each]),
  );
  return all.map((each) => ({ ...each, ...(how.get(each.id) ?? NOTHING) }));
}

async function ofCaller(deps: ApiDependencies, request: FastifyRequest): Promise<Subscription[]> {
  const visible = new Set(visibleIds(deps, request));
  const maySee = ({ datasets }: Subscription) =>
    datasets === null ? request.caller.datasets === null : datasets.every((id) => visible.has(id));
  return (await listSubscriptions(deps.database)).filter(maySee);
}

/** Whether the caller may see events about a subscription. */
export async function mayShowSubscription(
  deps: ApiDependencies,
  request: FastifyRequest,
): Promise<(subscription: string) => boolean> {
  if (request.caller.datasets === null) return () => true;
  const ids = new Set((await ofCaller(deps, request)).map(({ id }) => id));
  return (subscription) => ids.has(subscription);
}

/** @throws Problem 404, both where it does not exist and where the caller may not see it. */
export async function visibleSubscription(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
): Promise<Shown> {
  const found = (await visibleSubscriptions(deps, request)).find((each) => each.id === id);
  if (found) return found;
  throw new Problem(404, `no subscription "${id}"; GET /v1/notifications/subscriptions lists them`);
}
