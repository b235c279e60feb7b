/** Datasets of the Core region by the pages of the publisher's monitoring. */

/**
 * How to recognise the name of a page: it has changed before ("Max Exchanges (MaxBex)", "Core max net positions and bilateral exchanges"),
 * so only certain words are required. Those two have been seen; the others follow the titles of the site.
 */
export const PAGES: Readonly<Record<string, RegExp>> = {
  'jao-core.active-constraints': /shadow prices?\b|active .*constraint/i,
  'jao-core.allocation-constraints': /allocation constraint/i,
  'jao-core.atc': /external atc|^atc\b/i,
  'jao-core.congestion-income': /congestion income/i,
  'jao-core.long-term-allocations': /\blta\b|long[- ]term allocation/i,
  'jao-core.max-exchanges': /max exchanges|maxbex|max .*bilateral exchanges/i,
  'jao-core.max-net-positions': /max net pos/i,
  'jao-core.net-positions': /^(core )?net pos/i,
  'jao-core.price-spreads': /price spread/i,
  'jao-core.reference-programme': /ref(erence )?prog/i,
  'jao-core.scheduled-exchanges': /scheduled exchanges/i,
  'jao-core.shadow-auction-atc': /shadow auction/i,
  'jao-core.validation-reductions': /validation reduction/i,
  'jao-intraday.atc': /intraday atc/i,
};

/** Datasets of the Core region that are published day by day. */
export const TABLES = Object.keys(PAGES);
