/** Subscriptions, messages and events as the API shows them. No address and no secret is in any of them. */
import { z } from 'zod';
import { EVENT_KINDS, SEVERITIES } from '../../domain/notify/event.ts';
import { CHANNELS } from '../../domain/notify/subscription.ts';
import { stamp } from '../schemas.ts';

export const subscriptionId = z
  .string()
  .regex(/^sub-[0-9a-f]{8}$/, 'take it from GET /v1/notifications/subscriptions')
  .describe('id of a subscription')
  .meta({ examples: ['sub-1a2b3c4d'] });

export const kind = z.enum(EVENT_KINDS);
export const severity = z.enum(SEVERITIES);

export const subscription = z
  .object({
    id: z.string(),
    name: z.string(),
    channel: z.enum(CHANNELS),
    place: z.string().describe('where it goes, without what may be a secret'),
    kinds: z.array(kind).nullable().describe('null: everything that is wrong'),
    datasets: z.array(z.string()).nullable().describe('null: every open one, and the system'),
    severity: severity.describe('the least grave that is told'),
    least_difference: z.number().nullable(),
    least_relative: z.number().nullable().describe('as a share: 0.05 for 5 %'),
    hours: z
      .object({ from: z.string(), to: z.string(), time_zone: z.string(), workdays: z.boolean() })
      .nullable()
      .describe('what comes outside of them waits'),
    digest: z.string().nullable().describe('null: at once'),
    from_event: z.int().describe('cursor after which it is told'),
    created_at: stamp,
    created_by: z.string(),
    paused_at: stamp.nullable(),
    paused_by: z.string().nullable(),
    paused_why: z.string().nullable(),
    pending: z.int().describe('messages that wait'),
    dead: z.int().describe('messages that were given up'),
    told_at: stamp.nullable(),
    waiting_since: stamp.nullable().describe('since when the oldest message waits that is due'),
    error: z.string().nullable().describe('of the last attempt that failed'),
  })
  .meta({ id: 'Subscription' });

export const message = z
  .object({
    id: z.int(),
    subscription: z.string(),
    key: z.string().describe('what its receiver knows it by'),
    lane: z.string(),
    events: z.array(z.int()).describe('cursors of the events in it'),
    due_at: stamp,
    state: z.enum(['pending', 'told', 'dead']),
    attempts: z.int(),
    tried_at: stamp.nullable(),
    ended_at: stamp.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Message' });

export const event = z
  .object({
    cursor: z.int().describe('ascending in the order in which events became readable'),
    key: z.string(),
    kind,
    phase: z.enum(['happened', 'began', 'ended']),
    severity,
    dataset: z.string().nullable().describe('null: about the system'),
    delivery_day: z
      .string()
      .nullable()
      .describe('of an incident the day that began it; details.days has all'),
    happened_at: stamp,
    largest_difference: z.number().nullable(),
    largest_relative_difference: z.number().nullable(),
    summary: z.string(),
    details: z
      .record(z.string(), z.unknown())
      .describe('for complete and revised: change_cursor and known_at, which as_of takes'),
    run_book: z.string().nullable(),
    page: z.string().describe('where the page tells more; a path on this server').nullable(),
  })
  .meta({ id: 'Event' });
