/** A subscription in words. */
import type { SubscriptionSettings } from './subscription.ts';

/** `late, failed of jao-core.max-exchanges, from 07:00 to 19:00 (Europe/Amsterdam), hourly`. */
export function describeSubscription(settings: Omit<SubscriptionSettings, 'channel'>): string {
  const { kinds, datasets, severity, leastDifference, leastRelative, hours, digest } = settings;
  const sizes = [
    leastDifference === null ? '' : `from ${leastDifference} on`,
    leastRelative === null ? '' : `from ${leastRelative * 100} % on`,
  ].filter(Boolean);
  return [
    `${kinds?.join(', ') ?? 'everything that is wrong'}${datasets ? ` of ${datasets.join(', ')}` : ''}`,
    severity === 'info' ? '' : `severity ${severity} or graver`,
    sizes.length > 0 ? `revisions ${sizes.join(' or ')}` : '',
    hours
      ? `${hours.workdays ? 'on workdays ' : ''}from ${hours.from} to ${hours.to} (${hours.timeZone})`
      : '',
    digest === null ? '' : digest === 'hourly' ? 'hourly' : `daily at ${digest}`,
  ]
    .filter(Boolean)
    .join(', ');
}
