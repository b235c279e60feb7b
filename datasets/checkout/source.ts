/** The checkout: a stream of business events that are corrected after the fact. It is never polled; it pushes. */
import type { SourceFacts } from '../../domain/dataset/facts.ts';

export const checkout: SourceFacts = {
  id: 'checkout',
  title: 'Checkout',
  link: 'https://github.com/tidemark/tidemark/blob/main/docs/events.md',
  timeZone: 'Europe/Amsterdam',
};
