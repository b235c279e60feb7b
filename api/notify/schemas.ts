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
    place: z.string().describe('its destination, without possible secrets'),
    kinds: z.array(kind).nullable().describe('null: all kinds of trouble'),
    datasets: z.array(z.string()).nullable().describe('null: all open datasets, and the system'),
    severity: severity.describe('the least severity that is sent'),
    least_difference: z.number().nullable(),
    least_relative: z.number().nullable().describe('as a share: 0.05 for 5 %'),
    hours: z
      .object({ from: z.string(), to: z.string(), time_zone: z.string(), workdays: z.boolean() })
      .nullable()
      .describe('messages outside of these hours wait'),
    digest: z.string().nullable().describe('null: messages are sent at once'),
    from_event: z.int().describe('cursor of the last event before it began'),
    created_at: stamp,
    created_by: z.string(),
    paused_at: stamp.nullable(),
    paused_by: z.string().nullable(),
    paused_why: z.string().nullable(),
    pending: z.int().describe('messages that wait to be sent'),
    dead: z.int().describe('messages that were given up (dead letters)'),
    sent_at: stamp.nullable(),
    waiting_since: stamp.nullable().describe('since when the oldest due message waits'),
    error: z.string().nullable().describe('of the last attempt that failed'),
  })
  .meta({ id: 'Subscription' });

export const message = z
  .object({
    id: z.int(),
    subscription: z.string(),
    key: z.string().describe('idempotency key for its receiver'),
    lane: z.string(),
    events: z.array(z.int()).describe('cursors of the events in it'),
    due_at: stamp,
    state: z.enum(['pending', 'sent', 'dead']),
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
      .describe('of an incident: the day that began it; details.days has all of them'),
    happened_at: stamp,
    largest_difference: z.number().nullable(),
    largest_relative_difference: z.number().nullable(),
    summary: z.string(),
    details: z
      .record(z.string(), z.unknown())
      .describe('for complete and revised: change_cursor and known_at, which as_of takes'),
    run_book: z.string().nullable(),
    page: z.string().describe('the view of the page with details; a path on this server').nullable(),
  })
  .meta({ id: 'Event' });
