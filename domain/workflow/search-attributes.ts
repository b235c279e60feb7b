/** Search attributes of workflows, all Keyword. `migrate` registers them; the Web UI filters by them. */

export const SEARCH_ATTRIBUTES = {
  dataset: { name: 'Dataset', type: 'KEYWORD' },
  deliveryDay: { name: 'DeliveryDay', type: 'KEYWORD' },
  dayState: { name: 'DayState', type: 'KEYWORD' },
  backfillId: { name: 'BackfillId', type: 'KEYWORD' },
} as const;

type Name = keyof typeof SEARCH_ATTRIBUTES;

/** The pairs that Temporal expects; undefined values are left out. */
export function searchAttributes(values: Partial<Record<Name, string | undefined>>) {
  return (Object.keys(SEARCH_ATTRIBUTES) as Name[]).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ key: SEARCH_ATTRIBUTES[name], value }];
  });
}
